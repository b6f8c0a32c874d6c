// @vitest-environment happy-dom
/** Earlier calls of the customer: in a line on the card, and what the agent has to know at once. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";

import { HistoryNotice } from "../src/desk/HistoryNotice";
import { emptyView } from "../src/fold";
import type { CallView, CustomerHistory, PastCall, StandingPromise } from "../src/protocol.gen";
import { PastCalls } from "../src/shared/PastCalls";
import { show } from "./screen";

afterEach(cleanup);

const past: PastCall = {
  ...{ call_id: "c2", opened_at: "2026-03-08T09:12:00Z", agent: { agent_id: "1001", name: "小王", attributes: {} } },
  ...{ direction: "inbound", duration_ms: 60_000, cause: "hangup", reasons: ["complain_billing"], result: "" },
};
const standing: StandingPromise = {
  call_id: "c2",
  is_overdue: true,
  promise: {
    ...{ promise_id: "a-3-0", kind: "call-back", quote: "二十四小时内给您回电", utterance_id: "a-3", by: null },
    ...{ customer_id: "1", made_at: "2026-03-08T09:13:00Z", due_said: "二十四小时内", due_at: "2026-03-09T09:13:00Z" },
  },
};
const history: CustomerHistory = {
  ...{ type: "customer-history", at_ms: 0, customer_id: "1", calls: [past], calls_7d: 2, calls_30d: 2 },
  ...{ complaints_30d: 0, complaints_90d: 0 },
  ...{ reasons: [], promises: [], offers: [], opted_out_at: null, took_ms: 3 },
};

function viewOf(change: Partial<CallView>): CallView {
  return { ...emptyView("c3"), status: "live", history, ...change };
}

function notice(change: Partial<CallView>, settle = vi.fn()): string {
  show(<HistoryNotice view={viewOf(change)} settle={settle} />);
  return screen.queryByTestId("history-notice")?.textContent ?? "";
}

describe("the notice", () => {
  test("says at once which call this is and what the last one was about", () => {
    const text = notice({});
    expect(text).toContain("7 天内第 3 次来电");
    expect(text).toContain("费用投诉");
  });

  test("says what this call repeats once that was heard", () => {
    const repeat = {
      type: "call-repeated",
      at_ms: 5,
      intent: "complain_billing",
      utterance_id: "c-1",
      number: 3,
    } as const;
    expect(notice({ repeat })).toContain("同一问题第 3 次来电：费用投诉");
  });

  test("says which promise was broken and can be told that it was kept", () => {
    const settle = vi.fn();
    const text = notice({ history: { ...history, promises: [standing] } }, settle);
    expect(text).toContain("承诺“二十四小时内给您回电”");
    expect(text).toContain("未见记录");
    expect(screen.getByTestId("history-notice").dataset["level"]).toBe("high");
    fireEvent.click(screen.getByRole("button", { name: /已办好/u }));
    expect(settle).toHaveBeenCalledWith(standing);
  });

  test("a promise that is not yet due is no alarm, and one without a time has none", () => {
    const timeless = {
      ...standing,
      is_overdue: false,
      promise: { ...standing.promise, promise_id: "b", due_at: null },
    };
    const text = notice({ history: { ...history, promises: [{ ...standing, is_overdue: false }, timeless] } });
    expect(text).toContain("前要办好");
    expect(text).toContain("未见办好的记录");
    expect(screen.getByTestId("history-notice").dataset["level"]).toBeUndefined();
  });

  test("says who wants no offers", () => {
    expect(notice({ history: { ...history, opted_out_at: "2026-03-01T02:00:00Z" } })).toContain("不再推荐业务");
  });

  test("is not there without anything to say, nor for a call that the hotline makes", () => {
    expect(notice({ history: null })).toBe("");
    expect(notice({ history: { ...history, calls: [], calls_7d: 0 } })).toBe("");
    expect(notice({ direction: "outbound" })).toBe("");
  });
});

describe("the line of recent calls", () => {
  test("tells when and what about, and which were made by the hotline", () => {
    const outbound: PastCall = { ...past, call_id: "c1", direction: "outbound", reasons: [], agent: null };
    show(<PastCalls view={viewOf({ history: { ...history, calls: [past, outbound] } })} />);
    const [first, second] = screen.getAllByRole("listitem");
    expect(first?.textContent).toContain("费用投诉");
    expect(first?.title).toBe("坐席 小王");
    expect(second?.textContent).toContain("外呼未记录原因");
  });

  test("is not there for somebody who never called", () => {
    show(<PastCalls view={viewOf({ history: { ...history, calls: [] } })} />);
    expect(screen.queryByTestId("past-calls")).toBeNull();
  });
});
