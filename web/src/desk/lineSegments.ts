/** Cuts a transcript line into runs to be drawn alike. */

import type { Line } from "../protocol.gen";

/** Words below this confidence are marked, 0 to 1. */
export const DOUBTFUL_BELOW = 0.35;

export interface Segment {
  readonly text: string;
  /** settled: not expected to change. unsettled: end of a partial. doubtful: the recogniser is unsure. */
  readonly kind: "settled" | "unsettled" | "doubtful";
  /** Lowest word confidence of a doubtful run, 0 to 1. */
  readonly confidence: number | null;
}

/** The runs of a line, in order; their texts joined give the line's text. */
export function segmentsOf(line: Line): readonly Segment[] {
  return line.final ? finalSegments(line) : partialSegments(line);
}

function partialSegments(line: Line): readonly Segment[] {
  // Positions on the wire count characters; a JavaScript string counts UTF-16 units.
  const characters = Array.from(line.text);
  const settled = characters.slice(0, line.stable_chars).join("");
  const unsettled = characters.slice(line.stable_chars).join("");
  return [segment(settled, "settled"), segment(unsettled, "unsettled")].filter(({ text }) => text !== "");
}

function finalSegments(line: Line): readonly Segment[] {
  const found: Segment[] = [];
  let drawn = 0;
  let searched = 0;
  for (const word of line.words) {
    const place = line.text.indexOf(word.text, searched);
    if (place < 0) continue;
    searched = place + word.text.length;
    if (word.confidence >= DOUBTFUL_BELOW || word.text === "") continue;
    const last = found.at(-1);
    if (place === drawn && last?.kind === "doubtful") {
      const confidence = Math.min(last.confidence ?? 1, word.confidence);
      found[found.length - 1] = { ...last, text: last.text + word.text, confidence };
    } else {
      if (place > drawn) found.push(segment(line.text.slice(drawn, place), "settled"));
      found.push({ text: word.text, kind: "doubtful", confidence: word.confidence });
    }
    drawn = searched;
  }
  if (drawn < line.text.length) found.push(segment(line.text.slice(drawn), "settled"));
  return found;
}

function segment(text: string, kind: "settled" | "unsettled"): Segment {
  return { text, kind, confidence: null };
}
