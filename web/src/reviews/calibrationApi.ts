/** Calibrations and scorecards of the REST interface (docs/qa.md). */

import { request } from "../api";
import type { Review } from "./api";

export interface Calibration {
  readonly calibration_id: string;
  readonly call_id: string;
  readonly scorecard: string;
  readonly opened_at: string;
  readonly due_at: string | null;
  /** Everybody has scored: what each found is told. */
  readonly is_complete: boolean;
  readonly reviews: readonly Review[];
}

export interface ComparedItem {
  readonly item_id: string;
  readonly title: string;
  readonly scale: number;
  readonly values: readonly {
    readonly reviewer_id: string | null;
    readonly value: number | null;
    readonly reason: string;
  }[];
}

export interface Comparison {
  readonly calibration: Calibration;
  readonly items: readonly ComparedItem[];
}

interface Agreement {
  /** Cohen's kappa; null: nothing to compare, or everybody always said the same. */
  readonly kappa: number | null;
  /** Share of what was scored alike, 0 to 1. */
  readonly agreement: number | null;
  /** Pairs of values that were compared. */
  readonly ratings: number;
}

export interface ItemAgreement extends Agreement {
  readonly item_id: string;
  readonly title: string;
  readonly scale: number;
  readonly weighting: "none" | "quadratic";
}

export interface AgreementReport {
  readonly calls: number;
  readonly overall: Agreement;
  /** Points of 100 between two scores of the same call. */
  readonly mean_score_gap: number | null;
  readonly items: readonly ItemAgreement[];
}

export interface ScorecardRow {
  readonly name: string;
  readonly version: string;
  readonly title: string;
}

export function listScorecards(): Promise<{ readonly scorecards: readonly ScorecardRow[] }> {
  return request("GET", "/scorecards");
}

export function listCalibrations(): Promise<{ readonly calibrations: readonly Calibration[] }> {
  return request("GET", "/calibrations");
}

export function calibrate(callId: string, reviewerIds: readonly string[]): Promise<unknown> {
  return request("POST", "/calibrations", { call_id: callId, reviewer_ids: reviewerIds, scorecard: null });
}

export function compare(calibrationId: string): Promise<Comparison> {
  return request("GET", `/calibrations/${encodeURIComponent(calibrationId)}`);
}

export function agreementOf(scorecard: string): Promise<AgreementReport> {
  return request("GET", `/calibrations/agreement?scorecard=${encodeURIComponent(scorecard)}`);
}
