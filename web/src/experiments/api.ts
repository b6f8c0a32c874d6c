/** The experiments of the REST interface. */

import { request } from "../api";

export type Measure = "sold" | "accepted" | "refused" | "complained" | "called-again";
export type Verdict = "too-early" | "unclear" | "helps" | "harms";

export const MEASURES: readonly Measure[] = ["sold", "accepted", "refused", "complained", "called-again"];

/** An estimate and the bounds of what is plausible. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Outcome {
  readonly calls: number;
  readonly hits: number;
  readonly share: Interval | null;
}

export interface Group {
  /** held-out, shown, or the id of a variant */
  readonly name: string;
  readonly calls: number;
  readonly seen: number;
  readonly said: number;
  readonly outcomes: Readonly<Record<Measure, Outcome>>;
  readonly handling_ms: number | null;
}

export interface Lift {
  readonly fixed: Interval;
  readonly lasting: Interval;
}

export interface Comparison {
  readonly group: string;
  readonly against: string;
  readonly lifts: Readonly<Partial<Record<Measure, Lift>>>;
  readonly handling_ms: Interval | null;
  readonly verdict: Verdict;
}

export interface Rate {
  readonly calls: number;
  readonly hits: number;
}

/** What a prompt brought in, and what it cost, in the calls that got it. */
export interface Worth {
  readonly gained: Interval | null;
  /** Of that at the offer's price. */
  readonly value: Interval | null;
  /** Agents' time; less than 0: saved. */
  readonly handling_ms: Interval | null;
}

export interface Price {
  readonly amount: number;
  readonly per: "once" | "day" | "month" | "year";
}

export interface Week {
  readonly monday: string;
  readonly shown: Rate;
  readonly held_out: Rate;
  readonly worth: Worth;
}

export interface Decision {
  readonly kind: "mute" | "unmute" | "weigh";
  readonly at: string;
  /** Empty for Livecue itself. */
  readonly by: string;
  /** A person's own words; of Livecue itself a code that names the measure: less-sold, more-complained, best-sold. */
  readonly reason: string;
  /** What it rests on; of a prompt that Livecue muted the calls and hits of both groups. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface ExperimentReport {
  readonly playbook: string;
  readonly experiment: string;
  readonly source: string;
  /** Of the prompt. */
  readonly title: string;
  readonly goal: Measure;
  readonly hold_out: number;
  /** Its hold-out is the playbook's for all prompts. */
  readonly is_general: boolean;
  readonly shares: Readonly<Record<string, number>>;
  readonly is_muted: boolean;
  readonly groups: readonly Group[];
  /** Calls in which the agent's attention had no room for the prompt; in no group. */
  readonly left_out: number;
  /** Calls in which the agent had fewer places after a full hour; in no group. */
  readonly limited: number;
  readonly comparisons: readonly Comparison[];
  readonly price: Price | null;
  readonly worth: Worth;
  readonly calls_needed: number | null;
  readonly weeks: readonly Week[];
  readonly decisions: readonly Decision[];
}

export interface ExperimentList {
  /** False: this service shows every call every prompt, so that nothing is learnt of what prompts are worth. */
  readonly holds_out: boolean;
  readonly experiments: readonly ExperimentReport[];
}

export function listExperiments(weeks: number): Promise<ExperimentList> {
  return request("GET", `/experiments?weeks=${weeks}`);
}

export function decide(report: ExperimentReport, decision: "mute" | "unmute", reason: string): Promise<unknown> {
  const place = `${encodeURIComponent(report.playbook)}/${encodeURIComponent(report.experiment)}`;
  return request("POST", `/experiments/${place}/decisions`, { decision, reason });
}
