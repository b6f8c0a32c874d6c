/** The browser's fold gives, for the golden logs, the views that the Python fold gave. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { emptyView, fold } from "../src/fold";
import type { CallView, Envelope } from "../src/protocol.gen";

const logs = join(import.meta.dirname, "../../tests/fixtures/logs");
const names = readdirSync(logs)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(".jsonl", ""));

function readLog(name: string): Envelope[] {
  const lines = readFileSync(join(logs, `${name}.jsonl`), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Envelope);
}

function readViews(name: string): CallView[] {
  return JSON.parse(readFileSync(join(logs, `${name}.views.json`), "utf8")) as CallView[];
}

function foldAll(view: CallView, log: readonly Envelope[]): CallView {
  return log.reduce(fold, view);
}

test("there are golden logs", () => {
  expect(names).toContain("upgrade");
});

describe.each(names)("golden log %s", (name) => {
  const log = readLog(name);
  const views = readViews(name);
  const start = emptyView(log[0]?.call_id ?? "");

  test("folds to each view that the Python fold gave", () => {
    for (const view of views) {
      expect(foldAll(start, log.slice(0, view.seq))).toEqual(view);
    }
  });

  test("gives the same view however often a reconnect repeats events", () => {
    const cuts = fc.array(fc.nat(log.length), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (from) => {
        const repeated = from.flatMap((cut, turn) => log.slice(Math.max(0, cut - turn * 5), cut));
        const ordered = [...repeated].sort((a, b) => a.seq - b.seq);
        expect(foldAll(foldAll(start, ordered.slice(0, 0)), log)).toEqual(views.at(-1));
        expect(foldAll(foldAll(start, log), ordered)).toEqual(views.at(-1));
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test("does not change the view it was given", () => {
    const frozen = deepFreeze(views[0] ?? start);
    expect(() => foldAll(frozen, log)).not.toThrow();
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
