// @vitest-environment happy-dom
/** The transcript: words change in place, doubt is marked, and the reader is left where they are. */

import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";

import { Transcript } from "../src/desk/Transcript";
import { emptyView } from "../src/fold";
import type { CallView, Correction, Line } from "../src/protocol.gen";
import { notesOf } from "../src/shared/lineNotes";
import type { Spotlight } from "../src/shared/spotlight";
import type { WatchedCall } from "../src/state/deskState";
import { show } from "./screen";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function line(id: string, start_ms: number, change: Partial<Line> = {}): Line {
  return {
    ...{ utterance_id: id, party: "customer", text: "流量又超了", stable_chars: 5, final: true, revision: 0 },
    ...{ start_ms, end_ms: start_ms + 2000, confidence: 0.9, words: [], guards: [] },
    ...{
      display_text: null,
      rewrites: [],
      corrections: [],
      intents: [],
      acts: [],
      entities: [],
      role: null,
      ...change,
    },
  };
}

function transcript(change: Partial<CallView>, spotlight: Spotlight | null = null): React.JSX.Element {
  const view: CallView = { ...emptyView("c1"), status: "live", ...change };
  const call: WatchedCall = {
    ...{ callId: "c1", origin: "live", loaded: true, readFailure: null, view },
    ...{ promptLoggedAt: {}, pending: {} },
  };
  return <Transcript call={call} spotlight={spotlight} shine={vi.fn()} isStale={false} className="" />;
}

test("a partial is replaced in place, its unsettled end set apart", () => {
  const partial = line("u2", 3000, { final: false, text: "流量又朝了", stable_chars: 3 });
  const { rerender } = show(transcript({ lines: [line("u1", 0), partial] }));
  const element = screen.getByTestId("line-u2");
  expect(element.querySelector("[data-kind=unsettled]")?.textContent).toBe("朝了");
  rerender(transcript({ lines: [line("u1", 0), line("u2", 3000)] }));
  expect(screen.getByTestId("line-u2")).toBe(element);
  expect(element.dataset["final"]).toBe("true");
  expect(element.querySelector("[data-kind=unsettled]")).toBeNull();
});

test("words that the recogniser doubts are marked with its confidence", () => {
  const words = [
    { text: "流量", start_ms: 0, end_ms: 500, confidence: 0.9, doubtful: false },
    { text: "又", start_ms: 500, end_ms: 700, confidence: 0.2, doubtful: true },
    { text: "超了", start_ms: 700, end_ms: 900, confidence: 0.8, doubtful: false },
  ];
  show(transcript({ lines: [line("u1", 0, { words })] }));
  const marked = screen.getByTestId("line-u1").querySelector<HTMLElement>("[data-kind=doubtful]");
  expect(marked?.textContent).toBe("又");
  expect(marked?.title).toContain("20%");
});

test("a name that was put right tells what was heard, also to the keyboard", async () => {
  const correction: Correction = {
    ...{ start: 0, end: 2, heard: "刘亮", written: "流量", term: "流量" },
    source: "playbook",
    score: 1,
  };
  show(transcript({ lines: [line("u1", 0, { corrections: [correction] })] }));
  const marked = screen.getByRole("note");
  expect(marked.textContent).toBe("流量");
  expect(marked.getAttribute("aria-label")).toBe("听到“刘亮”，写作“流量”");
  marked.focus();
  expect(await screen.findByRole("tooltip")).toBeTruthy();
});

test("numbers are shown in digits", () => {
  const rewrites = [{ start: 2, end: 3, written: "20", kind: "number" }] as const;
  show(transcript({ lines: [line("u1", 0, { rewrites, display_text: "流量20超了" })] }));
  expect(screen.getByTestId("line-u1").textContent).toContain("流量20超了");
});

test("a value that was said tells its kind and normal form", () => {
  const entities = [{ label: "data_volume", value: "20480", span: [0, 2] }] as const;
  show(transcript({ lines: [line("u1", 0, { entities })] }));
  const marked = screen.getByRole("note");
  expect([marked.textContent, marked.dataset["entity"]]).toEqual(["流量", "data_volume"]);
  expect(marked.getAttribute("aria-label")).toBe("流量：20 GB");
});

test("a value with a name that was put right tells both", () => {
  const correction = {
    start: 0,
    end: 2,
    heard: "刘亮",
    written: "流量",
    term: "流量",
    source: "call",
    score: 1,
  } as const;
  const entities = [{ label: "product", value: "流量包", span: [0, 2] }] as const;
  show(transcript({ lines: [line("u1", 0, { entities, corrections: [correction] })] }));
  expect(screen.getByRole("note").getAttribute("aria-label")).toBe("业务：流量包 · 听到“刘亮”，写作“流量”");
});

describe("intents of a line", () => {
  test("are chips, the primary one first, three at most", () => {
    const intents = ["complain_billing", "query_usage", "other", "hesitate", "refuse"];
    show(transcript({ lines: [line("u1", 0, { intents, acts: ["complain"] }), line("u2", 3000)] }));
    const chips = screen.getByRole("list", { name: "意图" });
    expect([...chips.children].map((chip) => chip.textContent)).toEqual(["费用投诉", "查用量", "犹豫"]);
    expect(screen.getByTestId("intent-complain_billing").dataset).toMatchObject({ tone: "trouble", primary: "true" });
    expect(chips.title).toBe("言语行为：抱怨");
  });

  test("are told apart while the line still runs, and those that its final takes back linger for a moment", () => {
    vi.useFakeTimers();
    const chips = (): HTMLElement | null => screen.queryByRole("list", { name: "意图" });
    const { rerender } = show(transcript({ lines: [line("u1", 0, { final: false, intents: ["agree"] })] }));
    expect(chips()?.dataset["early"]).toBe("true");
    rerender(transcript({ lines: [line("u1", 0)] }));
    expect([chips()?.textContent, chips()?.dataset["early"]]).toEqual(["同意", "true"]);
    act(() => {
      vi.advanceTimersByTime(1000);
    });
    expect(chips()).toBeNull();
  });

  test("that its final brings take the place of the early ones at once", () => {
    const { rerender } = show(transcript({ lines: [line("u1", 0, { final: false, intents: ["agree"] })] }));
    rerender(transcript({ lines: [line("u1", 0)] }));
    rerender(transcript({ lines: [line("u1", 0, { intents: ["refuse"] })] }));
    const chips = screen.getByRole("list", { name: "意图" });
    expect([chips.textContent, chips.dataset["early"]]).toEqual(["拒绝", "false"]);
  });

  test("of a foreign model are shown as they are", () => {
    show(transcript({ lines: [line("u1", 0, { intents: ["流量超套咨询", "constructor"] })] }));
    expect(screen.getByTestId("intent-流量超套咨询").textContent).toBe("流量超套咨询");
    expect(screen.getByTestId("intent-constructor").dataset["tone"]).toBe("talk");
  });
});

test("evidence that is pointed out lights its line up, each time anew", () => {
  const lines = [line("u1", 0), line("u2", 3000)];
  const { rerender } = show(transcript({ lines }));
  rerender(transcript({ lines }, { utteranceId: "u1", start_ms: 0, serial: 1 }));
  const first = screen.getByTestId("line-u1").querySelector("[data-lit=true]");
  expect(first).not.toBeNull();
  rerender(transcript({ lines }, { utteranceId: "u1", start_ms: 0, serial: 2 }));
  const again = screen.getByTestId("line-u1").querySelector("[data-lit=true]");
  expect(again).not.toBeNull();
  expect(again).not.toBe(first);
  expect(screen.getByTestId("line-u2").querySelector("[data-lit=true]")).toBeNull();
});

test("who looks back is left there, with a way back to the latest words", () => {
  // A window of 300 pixels onto 1000, or 1100 after more was said.
  let height_px = 1000;
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(300);
  vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockImplementation(() => height_px);
  const { rerender, container } = show(transcript({ lines: [line("u1", 0)] }));
  const scroller = container.querySelector<HTMLElement>("[tabindex='0']");
  if (scroller === null) throw new Error("nothing scrolls");
  expect(scroller.scrollTop).toBe(1000);
  scroller.scrollTop = 200;
  fireEvent.scroll(scroller);
  height_px = 1100;
  rerender(transcript({ lines: [line("u1", 0), line("u2", 3000)] }));
  expect(scroller.scrollTop).toBe(200);
  fireEvent.click(screen.getByTestId("latest"));
  expect(scroller.scrollTop).toBe(1100);
  expect(screen.queryByTestId("latest")).toBeNull();
});

describe("between the lines", () => {
  test("long silence is told, a breath is not", () => {
    const notes = notesOf([line("u1", 0), line("u2", 4000), line("u3", 20_000)], []);
    expect([...notes]).toEqual([["u2", [{ kind: "silence", start_ms: 6000, length_ms: 14_000 }]]]);
  });

  test("missing audio is told with its cause, instead of as silence", () => {
    const gap = {
      type: "audio-gap",
      party: "customer",
      start_ms: 3000,
      end_ms: 15_000,
      cause: "lost",
      inferred: false,
    } as const;
    const lines = [line("u1", 0), line("u2", 20_000)];
    show(transcript({ lines, gaps: [gap] }));
    expect(screen.getByTestId("line-u1").textContent).toContain("12 秒音频缺失（线路丢失）");
    expect(screen.getByTestId("line-u1").textContent).not.toContain("静默");
  });

  test("who talks for long while the other says little is not silent", () => {
    const long = line("u1", 0, { end_ms: 30_000 });
    expect(notesOf([long, line("u2", 5000), line("u3", 31_000)], []).size).toBe(0);
  });
});
