/** Which words are heard when. */

import { expect, test } from "vitest";

import {
  neighbourStart,
  saidNow,
  spokenAt,
  spokenIndexOf,
  spokenLinesOf,
  type SpokenLine,
} from "../../src/callPage/spokenLines";
import { emptyView } from "../../src/fold";
import type { CallView, CorrectedLine, Line, Party } from "../../src/protocol.gen";

const CHAR_MS = 200;

function line(utterance_id: string, party: Party, text: string, start_ms: number): Line {
  const words = Array.from(text, (character, at) => {
    const from_ms = start_ms + at * CHAR_MS;
    return { text: character, start_ms: from_ms, end_ms: from_ms + CHAR_MS, confidence: 0.9, doubtful: false };
  });
  return {
    ...{ utterance_id, party, text, stable_chars: words.length, final: true, revision: 0, confidence: 0.9 },
    ...{ start_ms, end_ms: start_ms + words.length * CHAR_MS, words, guards: [], display_text: null },
    ...{ rewrites: [], corrections: [], intents: [], acts: [], entities: [], role: null },
  };
}

const LINES = [line("u1", "agent", "您好请讲", 1000), line("u2", "customer", "流量不够", 1400)];

function viewOf(corrected: readonly CorrectedLine[] = []): CallView {
  return { ...emptyView("c1"), lines: LINES, corrected };
}

function correction(utterance_id: string, text: string): CorrectedLine {
  return { utterance_id, text, by: "user-1", by_name: "林晓", at: "2026-03-02T09:30:00Z" };
}

test("the words of both parties are told while both talk", () => {
  const index = spokenIndexOf(spokenLinesOf(viewOf(), new WeakMap()));
  expect(spokenAt(index, 999)).toBe("");
  expect(spokenAt(index, 1000)).toBe("0:0");
  expect(spokenAt(index, 1450)).toBe("0:2 1:0");
  expect(saidNow(spokenAt(index, 1450))).toEqual(
    new Map([
      [0, 2],
      [1, 0],
    ]),
  );
  expect(spokenAt(index, 2200)).toBe("");
});

test("a short pause within a line belongs to the word before it", () => {
  const [first] = LINES;
  if (first === undefined) throw new Error("no line");
  const words = first.words.map((word, at) => (at === 1 ? { ...word, end_ms: word.end_ms - 100 } : word));
  const index = spokenIndexOf(spokenLinesOf({ ...viewOf(), lines: [{ ...first, words }] }, new WeakMap()));
  expect(spokenAt(index, 1390)).toBe("0:1");
});

test("a corrected line keeps the times of the words that it shares with what was recognised", () => {
  const [, spoken] = spokenLinesOf(viewOf([correction("u2", "我流量不太够")]), new WeakMap());
  expect(spoken?.segments.map(({ text, span_ms }) => [text, span_ms])).toEqual([
    ["我", null],
    ["流", [1400, 1600]],
    ["量", [1600, 1800]],
    ["不", [1800, 2000]],
    ["太", null],
    ["够", [2000, 2200]],
  ]);
});

test("lines that do not change keep their identity, also beside one that is put right", () => {
  const known = new WeakMap<Line, SpokenLine>();
  const before = spokenLinesOf(viewOf(), known);
  const corrected = [correction("u2", "流量不够用")];
  const after = spokenLinesOf(viewOf(corrected), known);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(spokenLinesOf(viewOf(corrected), known)[1]).toBe(after[1]);
});

test("arrow keys lead to the next line, and back to the one before the line that has just begun", () => {
  expect(neighbourStart(LINES, 1000, 1)).toBe(1400);
  expect(neighbourStart(LINES, 1400, 1)).toBeNull();
  expect(neighbourStart(LINES, 3000, -1)).toBe(1400);
  expect(neighbourStart(LINES, 1800, -1)).toBe(1000);
});
