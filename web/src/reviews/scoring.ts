/** A scorecard while it is filled in: what the server will make of it (assist/quality/scoring.py). */

import type { GivenItem, ReviewItem } from "./api";

export interface Judgement {
  /** undefined: not judged yet. null: it does not apply. */
  readonly value: number | null | undefined;
  /** Why it is not what the rules made of it, or does not apply. */
  readonly reason: string;
}

/** What was judged anew, by item. */
export type Judgements = Readonly<Record<string, Judgement>>;

export type Fault = "unjudged" | "reason";

export interface Total {
  /** 0 to 100; null: nothing that counts is judged yet. */
  readonly score: number | null;
  /** By a critical item. */
  readonly isZeroed: boolean;
}

/** What rules made of an item. */
export function proposalOf({ auto, auto_because }: ReviewItem): number | null | undefined {
  if (auto !== null) return auto;
  return auto_because === "not-applicable" ? null : undefined;
}

/** An item as it stands in a draft: judged anew, or as rules left it. */
export function judgementOf(item: ReviewItem, draft: Judgements): Judgement {
  return draft[item.item_id] ?? { value: proposalOf(item), reason: "" };
}

/** Whether a value has to be explained. */
export function wantsReason(item: ReviewItem, value: number | null | undefined): boolean {
  if (value === undefined) return false;
  const proposal = proposalOf(item);
  return proposal === undefined ? value === null : value !== proposal;
}

/** What keeps an item from being sent. */
export function faultOf(item: ReviewItem, { value, reason }: Judgement): Fault | null {
  if (value === undefined) return "unjudged";
  return wantsReason(item, value) && reason.trim() === "" ? "reason" : null;
}

/** The score that these values make; items that are not judged yet are left out. */
export function totalOf(items: readonly ReviewItem[], valueOf: (item: ReviewItem) => number | null | undefined): Total {
  let [weight, points, isZeroed] = [0, 0, false];
  for (const item of items) {
    const value = valueOf(item);
    if (value === null || value === undefined) continue;
    weight += item.weight;
    points += (item.weight * value) / item.scale;
    isZeroed ||= item.is_critical && value === 0;
  }
  if (weight === 0) return { score: null, isZeroed };
  return { score: isZeroed ? 0 : Math.round((1000 * points) / weight) / 10, isZeroed };
}

/** What is sent; every item has a value. */
export function givenItems(items: readonly ReviewItem[], draft: Judgements): readonly GivenItem[] {
  return items.map((item) => {
    const { value, reason } = judgementOf(item, draft);
    return { item_id: item.item_id, value: value ?? null, reason: reason.trim() };
  });
}
