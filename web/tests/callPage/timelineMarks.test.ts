/** What is marked on the timeline of a call. */

import { expect, test } from "vitest";

import { flagMarks, markKey, noteMarks, placeOfFlag, promptMarks } from "../../src/callPage/timelineMarks";
import type { CallView } from "../../src/protocol.gen";
import { readViews } from "../golden";

function lastView(name: string): CallView {
  const view = readViews(name).at(-1);
  if (view === undefined) throw new Error("no view");
  return view;
}

test("flags stand where their evidence begins, those that are met leave no mark", () => {
  const view = lastView("upgrade");
  const open = view.flags.filter(({ verdict }) => verdict !== "met");
  expect(open.length).toBeGreaterThan(0);
  expect(flagMarks(view).map(({ kind }) => kind)).toEqual(open.map(() => "flag"));
  const [first] = view.flags;
  if (first === undefined) throw new Error("no flag");
  expect(placeOfFlag(first).start_ms).toBe(first.because.evidence[0]?.start_ms ?? first.at_ms);
  expect(placeOfFlag({ ...first, because: { ...first.because, evidence: [] } })).toEqual({
    utteranceId: null,
    start_ms: first.at_ms,
  });
});

test("a prompt is marked when it was shown, when it was said and where the customer answered it", () => {
  const view = lastView("closed-loop");
  const marks = promptMarks(view);
  for (const { prompt, heard, reaction } of view.prompts) {
    const kinds = marks.filter((mark) => "card" in mark && mark.card.prompt === prompt).map(({ kind }) => kind);
    expect(kinds).toContain("prompt");
    expect(kinds.includes("said")).toBe(heard !== null && heard.said && heard.evidence.length > 0);
    expect(kinds.includes("reaction")).toBe(reaction !== null);
  }
  const starts = marks.map(({ place }) => place.start_ms);
  expect(starts).toEqual(starts.toSorted((one, other) => one - other));
});

test("notes are marked at their positions, and every mark has a key of its own", () => {
  const view = lastView("remarks");
  expect(noteMarks(view).map(({ place }) => place.start_ms)).toEqual(view.notes.map(({ at_ms }) => at_ms));
  const keys = [...flagMarks(view), ...promptMarks(view), ...noteMarks(view)].map(markKey);
  expect(new Set(keys).size).toBe(keys.length);
});
