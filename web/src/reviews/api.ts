/** Reviews of calls, as the REST interface has them (docs/qa.md). */

import { request } from "../api";
import type { Evidence, Verdict } from "../protocol.gen";

export type ReviewState =
  "queued" | "in_review" | "with_agent" | "with_lead" | "answered" | "with_quality" | "sealed" | "closed" | "withdrawn";
export type ReviewKind = "audit" | "calibration";
export type ReviewOrigin = "risk" | "random" | "chosen";

/** What a person may do with a review now. */
export type Step =
  | "take"
  | "release"
  | "assign"
  | "withdraw"
  | "score"
  | "accept"
  | "appeal"
  | "pass-on"
  | "decide"
  | "coach"
  | "acknowledge";

export type ReasonCode =
  | "flag"
  | "at-risk-flag"
  | "abstained-flag"
  | "anger"
  | "worse-at-end"
  | "low-confidence"
  | "long-silence"
  | "overtalk"
  | "repeat-call"
  | "customer-tag"
  | "refused-offer"
  | "broken-promise";

/** Why a call is worth a look, and how much that weighs. */
export interface RiskReason {
  readonly code: ReasonCode;
  /** A rule, an emotion or a tag. */
  readonly label: string;
  /** The playbook's words; may be empty. */
  readonly title: string;
  readonly points: number;
}

export interface Review {
  readonly review_id: string;
  readonly call_id: string;
  readonly kind: ReviewKind;
  readonly calibration_id: string | null;
  /** null: the reader is not told. */
  readonly origin: ReviewOrigin | null;
  /** Probability with which a draw takes such a call. */
  readonly inclusion: number | null;
  /** 0 to 100. */
  readonly risk: number;
  readonly reasons: readonly RiskReason[];
  readonly scorecard: string;
  readonly state: ReviewState;
  readonly reviewer_id: string | null;
  readonly reviewer_name: string;
  readonly agent_id: string | null;
  readonly agent_name: string;
  readonly call_opened_at: string;
  readonly duration_ms: number;
  readonly due_at: string | null;
  readonly is_overdue: boolean;
  /** 0 to 100. */
  readonly score: number | null;
  readonly is_zeroed: boolean;
  readonly version: number;
  /** Coaching notes that its agent has not acknowledged. */
  readonly unacknowledged: number;
}

export type AutoBecause =
  "met" | "breach" | "at-risk" | "abstained" | "silent" | "no-rule" | "not-judged" | "not-applicable";

export interface ItemFlag {
  readonly flag_id: string;
  readonly rule: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** When it was decided. */
  readonly at_ms: number;
  readonly evidence: readonly Evidence[];
}

export interface ReviewItem {
  readonly item_id: string;
  readonly section_id: string;
  readonly title: string;
  readonly guidance: string;
  readonly weight: number;
  /** 1: yes or no; n: 0 to n. */
  readonly scale: number;
  readonly is_critical: boolean;
  /** What rules made of it; null: a person judges, or it does not apply. */
  readonly auto: number | null;
  readonly auto_because: AutoBecause;
  readonly flags: readonly ItemFlag[];
  /** As it stands; null: not applicable, or not scored. */
  readonly value: number | null;
  readonly is_scored: boolean;
  readonly reason: string;
}

export interface AppealPoint {
  readonly item_id: string | null;
  readonly flag_id: string | null;
  readonly utterance_ids: readonly string[];
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly text: string;
}

export type Outcome = "granted" | "partly" | "rejected";
export type Expected = Verdict | "silent";

export interface RuleError {
  readonly flag_id: string;
  readonly rule: string;
  readonly expected: Expected;
  readonly reason: string;
  readonly case_id: string;
}

export interface Decision {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly changes: readonly {
    readonly item_id: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  readonly score_before: number;
  readonly score_after: number;
  readonly rule_errors: readonly RuleError[];
  readonly by_name: string;
  readonly at: string;
}

export interface Appeal {
  readonly level: "lead" | "quality";
  readonly text: string;
  readonly points: readonly AppealPoint[];
  readonly by_name: string;
  readonly at: string;
  readonly decision: Decision | null;
}

export interface CoachingNote {
  readonly note_id: string;
  readonly text: string;
  readonly item_ids: readonly string[];
  readonly by_name: string;
  readonly at: string;
  readonly acknowledged_at: string | null;
}

export interface HistoryStep {
  readonly at: string;
  readonly by_name: string;
  readonly step: Step | "opened" | "lapse";
  readonly before: ReviewState | null;
  readonly after: ReviewState;
  readonly reason: string;
}

export interface ReviewDetail {
  readonly review: Review;
  readonly card: {
    readonly name: string;
    readonly version: string;
    readonly title: string;
    readonly sections: readonly { readonly section_id: string; readonly title: string }[];
  };
  readonly items: readonly ReviewItem[];
  readonly summary: string;
  readonly appeals: readonly Appeal[];
  readonly coaching: readonly CoachingNote[];
  readonly history: readonly HistoryStep[];
  readonly may: readonly Step[];
}

export interface GivenItem {
  readonly item_id: string;
  readonly value: number | null;
  readonly reason: string;
}

export interface GivenDecision {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly items: readonly GivenItem[];
  readonly rule_errors: readonly { readonly flag_id: string; readonly expected: Expected; readonly reason: string }[];
}

export interface InboxEntry {
  readonly what: "score" | "answer" | "decide-lead" | "decide-quality" | "acknowledge";
  readonly review: Review;
  readonly due_at: string | null;
  readonly is_overdue: boolean;
}

export interface Inbox {
  readonly entries: readonly InboxEntry[];
  readonly overdue: number;
}

export interface Person {
  readonly user_id: string;
  readonly name: string;
  readonly role: string;
}

export interface Draw {
  readonly draw_id: string;
  /** "2026-11-22" */
  readonly day: string;
  /** Closed calls of the day. */
  readonly calls: number;
  readonly risk_calls: number;
  readonly random_calls: number;
  /** Of each call that is not among the riskiest. */
  readonly inclusion: number | null;
  readonly seed: string;
  /** Calls opened before; of a day that goes on, when it was drawn. */
  readonly until: string;
  readonly at: string;
}

export interface ReviewPage {
  readonly reviews: readonly Review[];
  readonly next: string | null;
}

const at = (reviewId: string, step = ""): string => `/reviews/${encodeURIComponent(reviewId)}${step}`;

export function readInbox(): Promise<Inbox> {
  return request("GET", "/reviews/inbox");
}

/** `asked`: as a query. */
export function listReviews(asked: string, after: string | null): Promise<ReviewPage> {
  const cursor = after === null ? "" : `&after=${encodeURIComponent(after)}`;
  return request("GET", `/reviews?${asked}${cursor}`);
}

export function reviewsOfCall(callId: string): Promise<{ readonly reviews: readonly Review[] }> {
  return request("GET", `/calls/${encodeURIComponent(callId)}/reviews`);
}

export function reviewDetail(reviewId: string): Promise<ReviewDetail> {
  return request("GET", at(reviewId));
}

export function listPeople(): Promise<{ readonly people: readonly Person[] }> {
  return request("GET", "/reviews/people");
}

/** Puts a call up for review; without a reviewer it waits for whoever takes it. */
export function chooseCall(callId: string, reviewerId: string | null): Promise<Review> {
  return request("POST", "/reviews", { call_id: callId, scorecard: null, reviewer_id: reviewerId });
}

export function listDraws(): Promise<{ readonly draws: readonly Draw[] }> {
  return request("GET", "/reviews/draws");
}

export function draw(day: string): Promise<Draw> {
  return request("POST", "/reviews/draws", { day });
}

export function move(
  { review_id, version }: Review,
  step: "take" | "release" | "accept" | "pass-on" | "withdraw",
  reason = "",
): Promise<Review> {
  return request("POST", at(review_id, `/${step}`), { version, reason });
}

export function assign({ review_id, version }: Review, reviewerId: string): Promise<Review> {
  return request("POST", at(review_id, "/assign"), { version, reviewer_id: reviewerId });
}

export function giveScore(
  { review_id, version }: Review,
  items: readonly GivenItem[],
  summary: string,
): Promise<Review> {
  return request("POST", at(review_id, "/score"), { version, items, summary });
}

export function appeal({ review_id, version }: Review, text: string, points: readonly AppealPoint[]): Promise<Review> {
  return request("POST", at(review_id, "/appeal"), { version, text, points });
}

export function decide({ review_id, version }: Review, decision: GivenDecision): Promise<Review> {
  return request("POST", at(review_id, "/decide"), { version, ...decision });
}

export function coach({ review_id, version }: Review, text: string, itemIds: readonly string[]): Promise<Review> {
  return request("POST", at(review_id, "/coaching"), { version, text, item_ids: itemIds });
}

export function acknowledge({ review_id }: Review, noteId: string): Promise<Review> {
  return request("POST", at(review_id, `/coaching/${encodeURIComponent(noteId)}/acknowledge`));
}
