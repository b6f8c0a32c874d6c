/** What a reader has written on a review and not sent. */

import type { Line } from "../protocol.gen";
import type { AppealPoint, Expected, GivenDecision, Outcome, ReviewItem } from "./api";
import type { Judgements } from "./scoring";

export interface DraftPoint {
  readonly itemId: string | null;
  readonly flagId: string | null;
  readonly utteranceIds: readonly string[];
  readonly text: string;
}

export interface DraftError {
  readonly expected: Expected;
  readonly reason: string;
}

export interface Draft {
  readonly scores: Judgements;
  readonly summary: string;
  readonly appeal: { readonly text: string; readonly points: readonly DraftPoint[] } | null;
  readonly outcome: Outcome | null;
  /** Why it is decided so. */
  readonly reason: string;
  /** Items that the decision changes. */
  readonly changes: Judgements;
  /** Flags whose rule was wrong. */
  readonly errors: Readonly<Record<string, DraftError>>;
  readonly note: string;
  /** Items that the note is about. */
  readonly noteItems: readonly string[];
}

export const EMPTY_DRAFT: Draft = {
  scores: {},
  summary: "",
  appeal: null,
  outcome: null,
  reason: "",
  changes: {},
  errors: {},
  note: "",
  noteItems: [],
};

/** The points of an appeal with the span of what they quote. */
export function givenPoints(points: readonly DraftPoint[], lines: readonly Line[]): readonly AppealPoint[] {
  return points.map(({ itemId, flagId, utteranceIds, text }) => {
    const quoted = lines.filter(({ utterance_id }) => utteranceIds.includes(utterance_id));
    return {
      item_id: itemId,
      flag_id: flagId,
      utterance_ids: utteranceIds,
      start_ms: quoted.length === 0 ? null : Math.min(...quoted.map(({ start_ms }) => start_ms)),
      end_ms: quoted.length === 0 ? null : Math.max(...quoted.map(({ end_ms }) => end_ms)),
      text: text.trim(),
    };
  });
}

/** Quotes an utterance in a point, or takes it out again; quotes stand in the order of the call. */
export function withQuote(point: DraftPoint, utteranceId: string, lines: readonly Line[]): DraftPoint {
  const has = point.utteranceIds.includes(utteranceId);
  const wanted = new Set(
    has ? point.utteranceIds.filter((one) => one !== utteranceId) : [...point.utteranceIds, utteranceId],
  );
  return {
    ...point,
    utteranceIds: lines.map(({ utterance_id }) => utterance_id).filter((one) => wanted.has(one)),
  };
}

/** An item that a decision changes, in the items' order. */
export function changedItems(items: readonly ReviewItem[], changes: Judgements): readonly ReviewItem[] {
  return items.filter((item) => {
    const change = changes[item.item_id];
    return change?.value !== undefined && change.value !== item.value;
  });
}

/** What keeps a decision from being sent. */
export type DecisionFault = "outcome" | "reason" | "no-change" | "change-rejected";

export function decisionFault(items: readonly ReviewItem[], draft: Draft): DecisionFault | null {
  const changed = changedItems(items, draft.changes);
  if (draft.outcome === null) return "outcome";
  if (draft.reason.trim() === "") return "reason";
  if (draft.outcome === "rejected") return changed.length > 0 ? "change-rejected" : null;
  return changed.length === 0 ? "no-change" : null;
}

export function givenDecision(items: readonly ReviewItem[], draft: Draft): GivenDecision {
  return {
    outcome: draft.outcome ?? "rejected",
    reason: draft.reason.trim(),
    items: changedItems(items, draft.changes).map(({ item_id }) => ({
      item_id,
      value: draft.changes[item_id]?.value ?? null,
      reason: draft.changes[item_id]?.reason.trim() ?? "",
    })),
    rule_errors: Object.entries(draft.errors).map(([flag_id, { expected, reason }]) => ({
      flag_id,
      expected,
      reason: reason.trim(),
    })),
  };
}
