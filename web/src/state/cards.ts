/** What the prompt column derives from the call: which cards are open, in which order, and how fast they came. */

import type { PromptCard } from "../protocol.gen";
import type { WatchedCall } from "./deskState";

/** Server wall time, in epoch milliseconds, of a call-clock position that follows the prompt's decision. */
function wallTimeOf(call: WatchedCall, card: PromptCard, position_ms: number): number | null {
  const { prompt } = card;
  const loggedAt = call.promptLoggedAt[prompt.prompt_id];
  if (loggedAt !== undefined) return Date.parse(loggedAt) + (position_ms - prompt.at_ms);
  // A card from a snapshot: the log time is not known, the call clock started about when the call was opened.
  return call.view.opened_at === null ? null : Date.parse(call.view.opened_at) + position_ms;
}

/** Milliseconds from the end of the words to `serverNow_ms`: (decided - said) + (now - logged). */
export function sinceSaid_ms(call: WatchedCall, card: PromptCard, serverNow_ms: number): number | null {
  const saidAt_ms = wallTimeOf(call, card, card.prompt.said_ms);
  return saidAt_ms === null ? null : Math.max(0, Math.round(serverNow_ms - saidAt_ms));
}

/** Server wall time, in epoch milliseconds, from which the card is of no use. */
export function expiresAt_ms(call: WatchedCall, card: PromptCard): number | null {
  return wallTimeOf(call, card, card.prompt.expires_ms);
}

/** Whether the card still wants the agent's attention. */
export function isOpen(call: WatchedCall, card: PromptCard, serverNow_ms: number): boolean {
  if (card.state !== "active" || call.view.status === "closed") return false;
  const pending = call.pending[card.prompt.prompt_id];
  if (pending === "accepted" || pending === "dismissed") return false;
  const end_ms = expiresAt_ms(call, card);
  return end_ms === null || serverNow_ms < end_ms;
}

/** The card as the list of past cards shows it: with what was just done, or expired before the log says so. */
export function settled(call: WatchedCall, card: PromptCard): PromptCard {
  if (card.state !== "active") return card;
  const pending = call.pending[card.prompt.prompt_id];
  if (pending === "accepted" || pending === "dismissed") return { ...card, state: pending };
  return call.view.status === "closed" ? card : { ...card, state: "expired" };
}

/**
 * Order of the open cards, top first: a new card goes on top, or below while `held` (the pointer or keyboard is in the
 * deck), so that nothing moves under a click. Cards keep their places otherwise.
 */
export function arrange(previous: readonly string[], open: readonly string[], held: boolean): readonly string[] {
  const kept = previous.filter((id) => open.includes(id));
  const added = open.filter((id) => !kept.includes(id));
  const order = held ? [...kept, ...added] : [...added.toReversed(), ...kept];
  return order.length === previous.length && order.every((id, index) => id === previous[index]) ? previous : order;
}
