/** Experiments in the order in which they want to be looked at. */

import type { ExperimentReport, Verdict } from "./api";

const ORDER: readonly (Verdict | "muted")[] = ["muted", "harms", "helps", "unclear", "too-early"];

/** What stands out first: muted, doing harm, helping; then those with the most calls. */
export function inOrder(reports: readonly ExperimentReport[]): readonly ExperimentReport[] {
  return reports.toSorted((one, other) => placeOf(one) - placeOf(other) || callsOf(other) - callsOf(one));
}

/** What becomes of an experiment as one word; without anything to compare it is too early for any. */
export function stateOf({ is_muted, comparisons }: ExperimentReport): Verdict | "muted" {
  return is_muted ? "muted" : (comparisons[0]?.verdict ?? "too-early");
}

function placeOf(report: ExperimentReport): number {
  return ORDER.indexOf(stateOf(report));
}

function callsOf({ groups }: ExperimentReport): number {
  return (groups[0]?.calls ?? 0) + (groups[1]?.calls ?? 0);
}
