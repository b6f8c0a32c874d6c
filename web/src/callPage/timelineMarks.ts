/** What is marked on the timeline of a call, and where. */

import type { CallView, CueHeard, Flag, Note, PromptCard, Reaction } from "../protocol.gen";
import { placeOf, type Place } from "../shared/spotlight";

export type TimelineMark =
  | { readonly kind: "flag"; readonly flag: Flag; readonly place: Place }
  | { readonly kind: "prompt"; readonly card: PromptCard; readonly place: Place }
  | { readonly kind: "said"; readonly card: PromptCard; readonly heard: CueHeard; readonly place: Place }
  | { readonly kind: "reaction"; readonly card: PromptCard; readonly reaction: Reaction; readonly place: Place }
  | { readonly kind: "note"; readonly note: Note; readonly place: Place };

/** Where a flag's evidence begins: one that rests on nothing that was said stands where it was decided. */
export function placeOfFlag({ because, at_ms }: Flag): Place {
  return placeOf(because.evidence, at_ms);
}

/** Flags that are not met, in the order of their places. */
export function flagMarks({ flags }: CallView): readonly TimelineMark[] {
  const open = flags.filter(({ verdict }) => verdict !== "met");
  return inOrder(open.map((flag) => ({ kind: "flag", flag, place: placeOfFlag(flag) })));
}

/** Prompts when they were shown, when they were said, and how the customer took them. */
export function promptMarks({ prompts }: CallView): readonly TimelineMark[] {
  return inOrder(
    prompts.flatMap((card): TimelineMark[] => {
      const { prompt, heard, reaction } = card;
      const shown = { utteranceId: null, start_ms: prompt.at_ms };
      const said = heard?.said && heard.evidence.length > 0 ? placeOf(heard.evidence, prompt.at_ms) : null;
      const answered = reaction && placeOf(reaction.evidence, reaction.at_ms);
      return [
        { kind: "prompt", card, place: shown },
        ...(heard && said ? [{ kind: "said", card, heard, place: said } as const] : []),
        ...(reaction && answered ? [{ kind: "reaction", card, reaction, place: answered } as const] : []),
      ];
    }),
  );
}

export function noteMarks({ notes }: CallView): readonly TimelineMark[] {
  return notes.map((note) => ({ kind: "note", note, place: { utteranceId: null, start_ms: note.at_ms } }));
}

/** Tells a mark apart from all others of its call. */
export function markKey(mark: TimelineMark): string {
  switch (mark.kind) {
    case "flag":
      return `flag-${mark.flag.flag_id}`;
    case "note":
      return `note-${mark.note.note_id}`;
    case "prompt":
    case "said":
    case "reaction":
      return `${mark.kind}-${mark.card.prompt.prompt_id}`;
  }
}

function inOrder(marks: readonly TimelineMark[]): readonly TimelineMark[] {
  return marks.toSorted((one, other) => one.place.start_ms - other.place.start_ms);
}
