// @vitest-environment happy-dom
/** The review of a call beside it: what its reader may do, and what is sent. */

import { cleanup, configure, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Permission, User } from "../../src/protocol";
import type { CallView } from "../../src/protocol.gen";
import type { ReviewDetail } from "../../src/reviews/api";
import { ReviewPanel } from "../../src/reviews/panel/ReviewPanel";
import { useQuoting } from "../../src/reviews/panel/useQuoting";
import { useReview } from "../../src/reviews/panel/useReview";
import { useReport } from "../../src/useReport";
import { readViews } from "../golden";
import { show } from "../screen";
import { APPEALED, DETAIL, TOLD } from "./samples";

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 30_000 });

const shine = vi.fn();
let view: CallView;
let detail: ReviewDetail;
let refusal: { readonly code: string; readonly status: number } | null;
let sent: { readonly path: string; readonly body: unknown }[];

beforeEach(() => {
  const last = readViews("upgrade").at(-1);
  if (last === undefined) throw new Error("no view");
  view = { ...last, call_id: "c1" };
  [sent, refusal] = [[], null];
  shine.mockClear();
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal("fetch", (url: string, { method, body }: { method: string; body?: string }) => {
    const path = url.replace("/api/v1", "");
    if (method !== "GET") {
      sent.push({ path, body: body === undefined ? null : JSON.parse(body) });
      if (refusal) {
        const error = { error: { code: refusal.code, message: "no" } };
        return Promise.resolve(new Response(JSON.stringify(error), { status: refusal.status }));
      }
    }
    const answer = path === "/calls/c1/reviews" ? { reviews: [detail.review] } : detail;
    return Promise.resolve(new Response(JSON.stringify(answer)));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Panel({ permissions }: { permissions: readonly Permission[] }): React.JSX.Element {
  const report = useReport(() => undefined);
  const reviewing = useReview("c1", null, true, report);
  const { picking, pick, quoting } = useQuoting(reviewing, view.lines);
  const user: User = { user_id: "user-1", name: "赵敏", role: "qa", agent_id: null, permissions };
  return (
    <>
      <ReviewPanel
        reviewing={reviewing}
        view={view}
        user={user}
        shine={shine}
        picking={picking}
        pick={pick}
        report={report}
      />
      <button
        type="button"
        disabled={quoting.quote === null}
        onClick={() => {
          quoting.quote?.(view.lines[0]?.utterance_id ?? "");
        }}
      >
        quote
      </button>
      <i data-testid="dirty">{String(reviewing.isDirty)}</i>
    </>
  );
}

async function open(given: ReviewDetail, permissions: readonly Permission[] = ["review.read"]): Promise<void> {
  detail = given;
  show(<Panel permissions={permissions} />);
  await screen.findByTestId("review-state");
}

test("evidence of an item that a rule filled in is a click away", async () => {
  await open(DETAIL);
  expect(screen.getByTestId("auto-pushing").textContent).toContain("系统建议：未达到");
  fireEvent.click(screen.getByTestId("evidence-f1"));
  expect(shine).toHaveBeenCalledWith({ utteranceId: "u2", start_ms: 33_000 });
});

test("a score is sent once every item is judged and every change has its reason", async () => {
  await open(DETAIL);
  const submit = screen.getByTestId<HTMLButtonElement>("give-score");
  expect(screen.getByTestId("left").textContent).toContain("1");
  expect(screen.getByTestId("total").dataset["zeroed"]).toBe("true");
  fireEvent.click(screen.getByTestId("value-pushing-1"));
  fireEvent.click(screen.getByTestId("value-care-2"));
  expect(screen.getByTestId("total").textContent).toContain("87.5");
  expect(submit.disabled).toBe(true);
  expect(screen.getByTestId("dirty").textContent).toBe("true");
  fireEvent.change(screen.getByTestId("reason-pushing"), { target: { value: "客户在问价" } });
  fireEvent.change(screen.getByTestId("summary"), { target: { value: "态度好" } });
  fireEvent.click(submit);
  await waitFor(() => {
    expect(sent).toEqual([
      {
        path: "/reviews/r-1/score",
        body: {
          version: 2,
          items: [
            { item_id: "greeting", value: 1, reason: "" },
            { item_id: "pushing", value: 1, reason: "客户在问价" },
            { item_id: "care", value: 2, reason: "" },
          ],
          summary: "态度好",
        },
      },
    ]);
  });
  await waitFor(() => {
    expect(screen.getByTestId("dirty").textContent).toBe("false");
  });
});

test("keys go from item to item, give values and play the evidence", async () => {
  await open(DETAIL);
  const press = (key: string): void => {
    fireEvent.keyDown(document.body, { key });
  };
  press("n");
  expect(screen.getByTestId("item-pushing").dataset["current"]).toBe("true");
  press("v");
  expect(shine).toHaveBeenCalledWith({ utteranceId: "u2", start_ms: 33_000 });
  press("1");
  expect(screen.getByTestId("value-pushing-1").getAttribute("aria-pressed")).toBe("true");
  press("r");
  expect(document.activeElement).toBe(screen.getByTestId("reason-pushing"));
  press("n");
  press("9");
  press("4");
  expect(screen.getByTestId("value-care-4").getAttribute("aria-pressed")).toBe("true");
  press("x");
  expect(screen.getByTestId("value-care-na").getAttribute("aria-pressed")).toBe("true");
});

test("when somebody changed the review meanwhile, what is written stays until it is sent anew", async () => {
  await open(DETAIL);
  refusal = { code: "review-changed", status: 409 };
  fireEvent.click(screen.getByTestId("value-pushing-1"));
  fireEvent.change(screen.getByTestId("reason-pushing"), { target: { value: "客户在问价" } });
  fireEvent.click(screen.getByTestId("value-care-2"));
  fireEvent.click(screen.getByTestId("give-score"));
  const notice = await screen.findByTestId("stale");
  expect(notice.textContent).toContain("有人改动了");
  detail = { ...DETAIL, review: { ...DETAIL.review, version: 5 } };
  fireEvent.click(screen.getByTestId("reload"));
  await waitFor(() => {
    expect(screen.queryByTestId("stale")).toBeNull();
  });
  expect(screen.getByTestId("value-pushing-1").getAttribute("aria-pressed")).toBe("true");
});

test("the reader is offered what the server says they may do, and nothing else", async () => {
  await open({ ...DETAIL, may: ["take"] }, ["review.read", "review.score"]);
  expect(screen.queryByTestId("give-score")).toBeNull();
  expect(screen.queryByTestId("release")).toBeNull();
  fireEvent.click(screen.getByTestId("take"));
  await waitFor(() => {
    expect(sent).toEqual([{ path: "/reviews/r-1/take", body: { version: 2, reason: "" } }]);
  });
});

test("an agent accepts a score", async () => {
  await open(TOLD, ["review.answer"]);
  expect(screen.queryByTestId("risk-reasons")).toBeNull();
  expect(screen.getByTestId("standing-care").textContent).toContain("2 / 4");
  fireEvent.click(screen.getByTestId("accept-score"));
  await waitFor(() => {
    expect(sent[0]).toEqual({ path: "/reviews/r-1/accept", body: { version: 3, reason: "" } });
  });
});

test("an agent appeals an item with what was said", async () => {
  await open(TOLD, ["review.answer"]);
  fireEvent.click(screen.getByTestId("appeal-pushing"));
  fireEvent.change(screen.getByTestId("appeal-text"), { target: { value: "客户在问价" } });
  fireEvent.click(screen.getByTestId("pick-0"));
  fireEvent.click(screen.getByText("quote"));
  const [line] = view.lines;
  expect(screen.getByTestId("point-0").textContent).toContain(line?.text);
  fireEvent.click(screen.getByTestId("send-appeal"));
  await waitFor(() => {
    expect(sent[0]).toEqual({
      path: "/reviews/r-1/appeal",
      body: {
        version: 3,
        text: "客户在问价",
        points: [
          {
            item_id: "pushing",
            flag_id: "f1",
            utterance_ids: [line?.utterance_id],
            start_ms: line?.start_ms,
            end_ms: line?.end_ms,
            text: "",
          },
        ],
      },
    });
  });
});

test("a lead decides with a changed value and says that the rule was wrong", async () => {
  await open(APPEALED);
  const story = screen.getByTestId("appeal-lead");
  expect(story.textContent).toContain("客户是在问价格");
  expect(story.textContent).toContain("请听这一句");
  fireEvent.click(screen.getByText("申诉成立"));
  fireEvent.change(screen.getByTestId("decision-reason"), { target: { value: "客户没有拒绝" } });
  const submit = screen.getByTestId<HTMLButtonElement>("decide");
  expect(submit.disabled).toBe(true);
  fireEvent.click(screen.getByTestId("value-pushing-1"));
  expect(screen.getByTestId("total").textContent).toContain("87.5");
  expect(screen.getByTestId("item-pushing").textContent).toContain("原判“未达到”，改为");
  fireEvent.click(screen.getByTestId("wrong-f1"));
  fireEvent.click(submit);
  await waitFor(() => {
    expect(sent[0]).toEqual({
      path: "/reviews/r-1/decide",
      body: {
        version: 4,
        outcome: "granted",
        reason: "客户没有拒绝",
        items: [{ item_id: "pushing", value: 1, reason: "" }],
        rule_errors: [{ flag_id: "f1", expected: "silent", reason: "" }],
      },
    });
  });
});

test("a decision tells what changed and leads to the case of the rule", async () => {
  const [appeal] = APPEALED.appeals;
  if (appeal === undefined) throw new Error("no appeal");
  const decision = {
    outcome: "granted",
    reason: "客户没有拒绝",
    changes: [{ item_id: "pushing", before: 0, after: 1 }],
    score_before: 0,
    score_after: 87.5,
    rule_errors: [{ flag_id: "f1", rule: "push-after-refusal@2", expected: "silent", reason: "", case_id: "case-1" }],
    by_name: "王磊",
    at: "2026-11-23T04:00:00Z",
  } as const;
  await open({ ...APPEALED, appeals: [{ ...appeal, decision }], may: [] });
  const told = screen.getByTestId("decision");
  expect(told.textContent).toContain("0 → 87.5");
  expect(told.textContent).toContain("不强推: 未达到 → 达到");
  expect(screen.getByTestId("open-case").getAttribute("href")).toBe("/reviews/rules?rule=push-after-refusal");
});

test("coaching is written beside a score that was told, and acknowledged by its agent", async () => {
  await open({ ...TOLD, may: ["coach"] }, ["review.read", "review.score"]);
  fireEvent.change(screen.getByTestId("coaching-text"), { target: { value: "先问再说" } });
  fireEvent.click(screen.getByTestId("coach"));
  await waitFor(() => {
    expect(sent[0]).toEqual({
      path: "/reviews/r-1/coaching",
      body: { version: 3, text: "先问再说", item_ids: [] },
    });
  });
  cleanup();
  const note = { note_id: "n1", text: "先问再说", item_ids: ["care"], by_name: "赵敏", at: "2026-11-23T04:00:00Z" };
  await open({ ...TOLD, coaching: [{ ...note, acknowledged_at: null }], may: ["acknowledge"] }, ["review.answer"]);
  expect(screen.getByTestId("coaching-n1").textContent).toContain("关怀");
  fireEvent.click(screen.getByTestId("acknowledge"));
  await waitFor(() => {
    expect(sent[1]?.path).toBe("/reviews/r-1/coaching/n1/acknowledge");
  });
});

test("everything that was done is told with who and when", async () => {
  await open(DETAIL);
  fireEvent.click(screen.getByTestId("review-history"));
  expect(screen.getByText("赵敏").parentElement?.textContent).toContain("待领取 → 评分中");
});
