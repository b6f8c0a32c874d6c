/** The browser's fold gives, for the golden logs, the views that the Python fold gave. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { emptyView, FEELINGS_KEPT, fold } from "../src/fold";
import { foldAll, logNames, readLog, readViews } from "./golden";

test("there are golden logs", () => {
  expect(logNames).toContain("upgrade");
});

describe.each(logNames)("golden log %s", (name) => {
  const log = readLog(name);
  const views = readViews(name);
  const start = emptyView(log[0]?.call_id ?? "");

  test("folds to each view that the Python fold gave", () => {
    for (const view of views) expect(foldAll(start, log.slice(0, view.seq))).toEqual(view);
  });

  test("gives the same view however it is cut and however much each reconnect repeats", () => {
    const anyCuts = fc.array(fc.record({ at: fc.nat(log.length), repeats: fc.nat(20) }), { maxLength: 6 });
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const ordered = cuts.toSorted((a, b) => a.at - b.at);
        let view = start;
        for (const [index, { at, repeats }] of ordered.entries()) {
          const from = (ordered[index - 1]?.at ?? 0) - repeats;
          view = foldAll(view, log.slice(Math.max(0, from), at));
        }
        expect(foldAll(view, log)).toEqual(views.at(-1));
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test("does not change the view it was given", () => {
    const frozen = deepFreeze(structuredClone(views[0] ?? start));
    expect(() => foldAll(frozen, log)).not.toThrow();
  });
});

test("the earliest feelings are forgotten beyond the bound", () => {
  const view = readViews("upgrade").at(-1);
  const felt = view?.feelings[0];
  const last = readLog("upgrade").findLast(({ event }) => event.type === "emotion-signal");
  if (view === undefined || felt === undefined || last === undefined) throw new Error("nobody felt anything");
  const feelings = Array.from({ length: FEELINGS_KEPT }, (_, place) => ({ ...felt, utterance_id: `earlier-${place}` }));
  const after = fold({ ...view, feelings }, { ...last, seq: view.seq + 1 });
  expect(after.feelings.length).toBe(FEELINGS_KEPT);
  expect(after.feelings[0]?.utterance_id).toBe("earlier-1");
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
