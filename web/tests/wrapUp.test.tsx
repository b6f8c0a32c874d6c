// @vitest-environment happy-dom
/** The wrap-up of a closed call: read, put right, confirmed. */

import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { instantOf, localInput, standingWrapUp, startingText, type GivenWrapUp } from "../src/desk/wrapUp";
import { WrapUpPanel } from "../src/desk/WrapUpPanel";
import { fold } from "../src/fold";
import type { CallView, WrapUpConfirmed, WrapUpPushed } from "../src/protocol.gen";
import { readViews } from "./golden";
import { show } from "./screen";

const views = readViews("wrap-up");
const proposed = views.find(({ status, confirmed }) => status === "closed" && confirmed === null);
const done = views.at(-1);
if (proposed === undefined || done === undefined) throw new Error("the golden log has no wrap-up");

const tree = {
  reasons: [{ code: "complaint-charge", zh: "费用投诉", en: "Complaint: charges" }],
  results: [{ code: "promised", zh: "承诺跟进", en: "Follow-up promised" }],
};

type Confirm = (given: GivenWrapUp) => Promise<boolean>;

beforeEach(() => {
  vi.stubGlobal(
    "fetch",
    vi.fn(() => Promise.resolve(new Response(JSON.stringify(tree)))),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function panel(view: CallView, confirm = vi.fn<Confirm>(() => Promise.resolve(true)), mayConfirm = true): void {
  show(<WrapUpPanel view={view} mayConfirm={mayConfirm} confirm={confirm} shine={vi.fn()} />);
}

describe("a wrap-up", () => {
  test("shows the proposal with the names of its codes", async () => {
    panel(proposed);
    expect(screen.getByTestId("wrap-up").textContent).toContain("多扣了五十块");
    await waitFor(() => {
      expect(screen.getByTestId("wrap-up").textContent).toContain("费用投诉 · 承诺跟进");
    });
  });

  test("names a code of the call's playbook, also where the tree has one that is called so", async () => {
    const own = { half: "reason", code: "complaint-charge", zh: "多收费用", en: "Overcharged" } as const;
    const wrap_up = proposed.wrap_up && { ...proposed.wrap_up, codes: [own] };
    panel({ ...proposed, wrap_up });
    await waitFor(() => {
      expect(screen.getByTestId("wrap-up").textContent).toContain("多收费用 · 承诺跟进");
    });
  });

  test("is not there while the call goes on", () => {
    panel({ ...proposed, status: "live" });
    expect(screen.queryByTestId("wrap-up")).toBeNull();
  });

  test("is confirmed with what was edited and with the promises that stand", async () => {
    const confirm = vi.fn<Confirm>(() => Promise.resolve(true));
    panel(proposed, confirm);
    fireEvent.click(screen.getByText("核对并确认"));
    fireEvent.change(screen.getByLabelText("小结内容"), { target: { value: "客户投诉，已承诺回电。" } });
    fireEvent.click(screen.getByText("确认小结"));
    await waitFor(() => {
      expect(screen.queryByTestId("wrap-up-form")).toBeNull();
    });
    const given = confirm.mock.calls[0]?.[0];
    expect(given?.text).toBe("客户投诉，已承诺回电。");
    expect(given?.language).toBe("zh");
    expect(given?.promises.map(({ promise_id }) => promise_id)).toEqual(["u2-0"]);
  });

  test("stays open for editing where it could not be stored", async () => {
    panel(
      proposed,
      vi.fn<Confirm>(() => Promise.resolve(false)),
    );
    fireEvent.click(screen.getByText("核对并确认"));
    fireEvent.click(screen.getByText("确认小结"));
    await waitFor(() => {
      expect(screen.getByTestId("wrap-up-form")).toBeDefined();
    });
  });

  test("may lose a promise and gain another, which needs words", () => {
    panel(proposed);
    fireEvent.click(screen.getByText("核对并确认"));
    fireEvent.click(screen.getByLabelText("删除这条承诺"));
    expect(screen.queryByTestId("promise-row")).toBeNull();
    fireEvent.click(screen.getByText("添加承诺"));
    expect(screen.getByText("确认小结").closest("button")?.disabled).toBe(true);
  });

  test("is only read by those who may not confirm it", () => {
    panel(proposed, undefined, false);
    expect(screen.queryByText("核对并确认")).toBeNull();
  });

  test("shows what a person made of it and that it was handed on", () => {
    panel(done);
    const text = screen.getByTestId("wrap-up").textContent;
    expect(text).toContain("客户投诉多扣五十元，已承诺回电。");
    expect(text).toContain("已推送到业务系统");
    expect(standingWrapUp(done)).toBe(done.confirmed);
  });
});

test("a new confirmation is handed on anew", () => {
  const confirmed = done.confirmed as WrapUpConfirmed;
  const again = fold(done, { call_id: done.call_id, seq: done.seq + 1, at: "", event: confirmed });
  expect((done.pushed as WrapUpPushed).state).toBe("delivered");
  expect(again.pushed).toBeNull();
});

test("instants survive the input of a browser, and text begins as it stands", () => {
  expect(instantOf(localInput("2026-03-03T09:30:00Z"))).toBe("2026-03-03T09:30:00.000Z");
  expect(instantOf(localInput(null))).toBeNull();
  expect(startingText(done, "zh-CN")).toBe("客户投诉多扣五十元，已承诺回电。");
  expect(startingText(proposed, "en")).toContain("complained about a charge");
});
