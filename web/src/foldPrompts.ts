/** What becomes of the cards of prompts, in the same pure fold. */

import type { CueHeard, Prompt, PromptCard, PromptOutcome, PromptUpdated, Reaction, Result } from "./protocol.gen";

const nothingHeard = { heard: null, reaction: null, result: null } as const;

/** Whether its prompt, said again, is the same card; one that is gone comes anew. */
export function stands({ state }: PromptCard): boolean {
  return state !== "expired" && state !== "withdrawn";
}

/** An early prompt that its final confirms keeps its place and what became of it; a withdrawn one comes anew. */
export function withPrompt(cards: readonly PromptCard[], prompt: Prompt): readonly PromptCard[] {
  const isSame = (card: PromptCard) => card.prompt.prompt_id === prompt.prompt_id;
  if (cards.some((card) => isSame(card) && stands(card)))
    return cards.map((card) => (isSame(card) ? { ...card, prompt } : card));
  return [
    ...cards.filter((card) => !isSame(card)),
    { prompt, state: "active", gone_because: "", shown_after_ms: null, acted_by: "", ...nothingHeard },
  ];
}

export function updated(card: PromptCard, event: PromptUpdated): PromptCard {
  if (card.prompt.prompt_id !== event.prompt_id || card.state !== "active") return card;
  return { ...card, state: event.state, gone_because: event.reason };
}

export function withOutcome(card: PromptCard, event: PromptOutcome): PromptCard {
  if (card.prompt.prompt_id !== event.prompt_id) return card;
  switch (event.outcome) {
    case "shown":
      return card.shown_after_ms === null ? { ...card, shown_after_ms: event.shown_after_ms } : card;
    case "accepted":
    case "dismissed":
      return { ...card, state: event.outcome, acted_by: event.by };
    case "copied":
      return card;
  }
}

/** What was heard or reported last takes the place of what was before; a result of an offer is on all its cards. */
export function withCourse(card: PromptCard, event: CueHeard | Reaction | Result): PromptCard {
  const { prompt_id, offer_id } = card.prompt;
  switch (event.type) {
    case "cue-heard":
      return event.prompt_id === prompt_id ? { ...card, heard: event } : card;
    case "reaction":
      return event.prompt_id === prompt_id ? { ...card, reaction: event } : card;
    case "result": {
      const isOf =
        event.prompt_id !== null
          ? event.prompt_id === prompt_id
          : event.offer_id !== null && event.offer_id === offer_id;
      return isOf ? { ...card, result: event } : card;
    }
  }
}
