/** The golden logs, which both folds are tested against. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { fold } from "../src/fold";
import type { CallView, Envelope } from "../src/protocol.gen";

const logs = join(import.meta.dirname, "../../tests/fixtures/logs");

export const logNames = readdirSync(logs)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(".jsonl", ""));

export function readLog(name: string): Envelope[] {
  const lines = readFileSync(join(logs, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Envelope);
}

/** What the Python fold made of the log, at rising seqs; the last is of the whole log. */
export function readViews(name: string): CallView[] {
  return JSON.parse(readFileSync(join(logs, `${name}.views.json`), "utf8")) as CallView[];
}

export function foldAll(view: CallView, log: readonly Envelope[]): CallView {
  return log.reduce(fold, view);
}
