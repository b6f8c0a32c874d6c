// @vitest-environment happy-dom
/** What is shown of legs: what is wrong with them, the click that exchanges them, and guesses at who speaks. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";

import { Impairments } from "../src/desk/Impairments";
import { canSwap, SwapLegs } from "../src/desk/SwapLegs";
import { Transcript } from "../src/desk/Transcript";
import { emptyView } from "../src/fold";
import type { CallDegraded, CallView, Leg, Line } from "../src/protocol.gen";
import { LegNotices } from "../src/shared/LegNotices";
import type { WatchedCall } from "../src/state/deskState";
import { readViews } from "./golden";
import { show } from "./screen";

afterEach(cleanup);

const golden = readViews("legs").at(-1) ?? emptyView("none");
const agent: Leg = { party: "agent", codec: "mulaw", rate_hz: 8000 };
const customer: Leg = { ...agent, party: "customer" };
const mixed: Leg = { ...agent, party: "mixed" };

function found(code: string, party: CallDegraded["party"] = null): CallDegraded {
  return { type: "call-degraded", part: "legs", code, party, reason: "", restored: false, at_ms: 9000 };
}

function live(change: Partial<CallView>): CallView {
  return { ...emptyView("c1"), status: "live", ...change };
}

function transcript(view: CallView): React.JSX.Element {
  const call: WatchedCall = {
    ...{ callId: "c1", origin: "live", loaded: true, readFailure: null, view },
    ...{ promptLoggedAt: {}, pending: {} },
  };
  return <Transcript call={call} spotlight={null} shine={vi.fn()} isStale={false} className="" />;
}

describe("wrong legs", () => {
  test("are told in plain words, with whose leg it is", () => {
    const view = live({ degraded: [found("leg-missing", "customer"), found("legs-identical")] });
    show(<Impairments link={{ kind: "open" }} view={view} retry={vi.fn()} />);
    const texts = screen.getAllByTestId("degraded-legs").map((banner) => banner.textContent);
    expect(texts[0]).toContain("没有收到声音 · 客户");
    expect(texts[1]).toContain("每句话会出现两次");
  });

  test("that seem swapped are exchanged by one click, by who may", () => {
    const swap = vi.fn(() => Promise.resolve(true));
    const view = live({ degraded: [found("legs-swapped")] });
    const { rerender } = show(<Impairments link={{ kind: "open" }} view={view} retry={vi.fn()} />);
    expect(screen.queryByTestId("swap-found")).toBeNull();
    rerender(<Impairments link={{ kind: "open" }} view={view} retry={vi.fn()} swap={swap} />);
    fireEvent.click(screen.getByTestId("swap-found"));
    expect(swap).toHaveBeenCalledOnce();
  });

  test("can be exchanged without a finding, too", () => {
    const swap = vi.fn(() => Promise.resolve(true));
    show(<SwapLegs swap={swap} />);
    fireEvent.click(screen.getByTestId("swap-legs"));
    expect(swap).toHaveBeenCalledOnce();
  });

  test("of a call that is over are told where it is read", () => {
    show(<LegNotices view={{ ...golden, legs: [agent, customer] }} />);
    expect(screen.getByTestId("leg-notices").textContent).toContain("双方声道声音相同");
    expect(screen.queryByTestId("mixed-leg")).toBeNull();
  });
});

test("only a running call with a leg of each party at one rate can be exchanged", () => {
  expect(canSwap(live({ legs: [agent, customer] }))).toBe(true);
  expect(canSwap({ ...live({ legs: [agent, customer] }), status: "closed" })).toBe(false);
  expect(canSwap(live({ legs: [agent, { ...customer, rate_hz: 16_000 }] }))).toBe(false);
  expect(canSwap(live({ legs: [mixed] }))).toBe(false);
  expect(canSwap(live({ legs: [agent] }))).toBe(false);
});

test("lines before an exchange stay, and it is told who exchanged", () => {
  show(transcript(golden));
  expect(screen.getByTestId("line-m2").textContent).toContain("林晓互换了坐席和客户");
});

describe("both parties on one leg", () => {
  const said = golden.lines.find(({ role }) => role !== null);

  test("is said plainly above the words", () => {
    const worded = golden.lines.map((line) => ({ ...line, role: null }));
    show(transcript(live({ legs: [mixed], lines: worded })));
    expect(screen.getByTestId("mixed-leg").textContent).toContain("由文字推测");
  });

  test("tells that voices are compared where they are", () => {
    show(transcript(live({ legs: [mixed], lines: golden.lines })));
    expect(screen.getByTestId("mixed-leg").textContent).toContain("由声音和文字推测");
  });

  test("has who said a line as a guess, and nobody where the guess is weak", () => {
    if (said === undefined) throw new Error("the golden log has no guess");
    const sure: Line = { ...said, role: { party: "customer", score: 0.93, by_voice: true } };
    const unsure: Line = { ...said, utterance_id: "m9", role: { party: "agent", score: 0.6, by_voice: false } };
    const worded: Line = { ...unsure, utterance_id: "m10", role: { party: "agent", score: 0.8, by_voice: false } };
    show(transcript(live({ legs: [mixed], lines: [sure, unsure, worded] })));
    expect(screen.getByTestId(`line-${sure.utterance_id}`).textContent).toContain("可能是客户 · 按声音和文字");
    expect(screen.getByTestId("line-m10").textContent).toContain("可能是坐席 · 仅按文字");
    expect(screen.getByTestId("line-m9").textContent).toContain("不确定是谁");
    expect(screen.getByTestId("line-m9").textContent).not.toContain("可能是");
  });
});
