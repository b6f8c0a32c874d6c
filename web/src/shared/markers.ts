/** Which lines of the transcript led to cues and flags. */

import type { Because, Flag, PromptCard, PromptKind, Verdict } from "../protocol.gen";

export type Marker =
  | { readonly type: "prompt"; readonly id: string; readonly title: string; readonly tone: PromptKind }
  | { readonly type: "flag"; readonly id: string; readonly title: string; readonly tone: Exclude<Verdict, "met"> };

/** Markers by utterance id; met flags leave none. */
export function markersOf(
  prompts: readonly PromptCard[],
  flags: readonly Flag[],
): ReadonlyMap<string, readonly Marker[]> {
  const markers = new Map<string, Marker[]>();
  const add = (because: Because, marker: Marker): void => {
    const ids = new Set(because.evidence.map((evidence) => evidence.utterance_id));
    for (const id of ids) {
      if (id !== null) markers.set(id, [...(markers.get(id) ?? []), marker]);
    }
  };
  for (const { prompt } of prompts) {
    add(prompt.because, { type: "prompt", id: prompt.prompt_id, title: prompt.title, tone: prompt.kind });
  }
  for (const { flag_id, title, verdict, because } of flags) {
    if (verdict !== "met") add(because, { type: "flag", id: flag_id, title, tone: verdict });
  }
  return markers;
}
