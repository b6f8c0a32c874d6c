/** What became of a need: the cue that was shown for it. */

import type { NeedHeard, PromptCard } from "../protocol.gen";

/** The latest card of an offer that was made for the need; null while there is none. */
export function answerTo(need: NeedHeard, cards: readonly PromptCard[]): PromptCard | null {
  const isFor = ({ prompt }: PromptCard): boolean =>
    prompt.kind === "offer" &&
    (prompt.pitch?.reasons ?? []).some(({ kind, name }) => kind === "need" && name === need.title);
  return cards.findLast(isFor) ?? null;
}
