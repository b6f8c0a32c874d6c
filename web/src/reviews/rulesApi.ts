/** What rules learnt from decisions (docs/qa.md). */

import { request } from "../api";
import type { Verdict } from "../protocol.gen";
import type { Expected } from "./api";

export interface RuleCase {
  readonly case_id: string;
  readonly call_id: string;
  readonly review_id: string;
  readonly playbook: string;
  readonly rule_id: string;
  /** rule id@playbook version */
  readonly rule: string;
  readonly flag_id: string;
  readonly was: Verdict;
  readonly expected: Expected;
  readonly at_ms: number;
  readonly reason: string;
  readonly by_name: string;
  readonly at: string;
  /** Under the playbook in use; null: nobody asked. */
  readonly now: "failing" | "passing" | "not-tried" | null;
}

export interface RulePrecision {
  readonly rule_id: string;
  /** Flags that people judged. */
  readonly judged: number;
  readonly right: number;
  /** Share that was right, 0 to 1, and the bounds of what is plausible. */
  readonly precision: number;
  readonly low: number;
  readonly high: number;
  /** By the probability with which calls were drawn. */
  readonly is_weighted: boolean;
  readonly cases: number;
}

/** `tried`: each is replayed under the playbook in use. */
export function listCases(
  playbook: string,
  rule: string | null,
  tried: boolean,
): Promise<{ readonly cases: readonly RuleCase[] }> {
  const query = new URLSearchParams({
    ...(playbook !== "" && { playbook }),
    ...(rule !== null && { rule }),
    ...(tried && { replay: "true" }),
  });
  return request("GET", `/rule-cases?${query.toString()}`);
}

export function listPrecision(playbook: string): Promise<{ readonly rules: readonly RulePrecision[] }> {
  return request("GET", `/rule-precision?playbook=${encodeURIComponent(playbook)}`);
}
