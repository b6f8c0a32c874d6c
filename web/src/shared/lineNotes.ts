/** What stands below a line of the transcript: audio that was missing, long silence, parties exchanged. */

import type { AudioGap, LegsExchanged, Line } from "../protocol.gen";

export type Note =
  | { readonly kind: "gap"; readonly start_ms: number; readonly length_ms: number; readonly cause: AudioGap["cause"] }
  | { readonly kind: "silence"; readonly start_ms: number; readonly length_ms: number }
  | { readonly kind: "exchange"; readonly start_ms: number; readonly by_name: string };

/** Gaps shorter than this are not worth a row, in milliseconds. */
const SHOWN_GAP_MS = 1000;
/** Silence of both parties from here on is worth a row, in milliseconds. */
const SHOWN_SILENCE_MS = 8000;

/** Notes by the id of the line that they follow, in the order of their time. */
export function notesOf(
  lines: readonly Line[],
  gaps: readonly AudioGap[],
  exchanged: readonly LegsExchanged[] = [],
): ReadonlyMap<string, readonly Note[]> {
  const shown = gaps.filter((gap) => gap.end_ms - gap.start_ms >= SHOWN_GAP_MS);
  const notes = new Map<string, readonly Note[]>();
  let said_ms = 0;
  for (const [index, line] of lines.entries()) {
    said_ms = Math.max(said_ms, line.end_ms);
    const next_ms = lines[index + 1]?.start_ms ?? Infinity;
    const own: Note[] = [];
    for (const gap of shown) {
      if (gap.start_ms < line.start_ms || gap.start_ms >= next_ms) continue;
      const { start_ms, cause } = gap;
      own.push({ kind: "gap", start_ms, length_ms: gap.end_ms - start_ms, cause });
    }
    const silence_ms = next_ms - said_ms;
    if (own.length === 0 && Number.isFinite(silence_ms) && silence_ms >= SHOWN_SILENCE_MS) {
      own.push({ kind: "silence", start_ms: said_ms, length_ms: silence_ms });
    }
    for (const { at_ms, by_name } of exchanged) {
      if (at_ms >= line.start_ms && at_ms < next_ms) own.push({ kind: "exchange", start_ms: at_ms, by_name });
    }
    if (own.length > 0) notes.set(line.utterance_id, own);
  }
  return notes;
}
