/** What people added to a call, one event further: as `assist/view/remarks`. */

import type { CallView, CorrectedLine, LineCorrected, Note, NoteLeft } from "./protocol.gen";

export function withCorrection(
  { corrected, lines }: CallView,
  { utterance_id, text, by, by_name }: LineCorrected,
  at: string,
): readonly CorrectedLine[] {
  const others = corrected.filter((one) => one.utterance_id !== utterance_id);
  const isTakenBack = lines.some((line) => line.utterance_id === utterance_id && line.text === text);
  return isTakenBack ? others : [...others, { utterance_id, text, by, by_name, at }];
}

export function withNote(
  notes: readonly Note[],
  { note_id, at_ms, text, by, by_name }: NoteLeft,
  at: string,
): readonly Note[] {
  const before = notes.filter((note) => note.at_ms <= at_ms);
  return [...before, { note_id, at_ms, text, by, by_name, at }, ...notes.slice(before.length)];
}
