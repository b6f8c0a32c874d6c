/** Cuts a transcript line into runs to be drawn alike. */

import type { Correction, Line, Rewrite } from "../protocol.gen";

export interface Segment {
  /** As it is shown: numbers in digits. */
  readonly text: string;
  /** settled: not expected to change. unsettled: end of a partial. doubtful: the recogniser is unsure. */
  readonly kind: "settled" | "unsettled" | "doubtful";
  /** Lowest word confidence of a doubtful run, 0 to 1. */
  readonly confidence: number | null;
  /** The name that was put right here; a run is all of it unless only a part of it is doubtful. */
  readonly correction: Correction | null;
}

/** The runs of a line, in order; their texts joined give the form of the line that people read. */
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
  const characters = Array.from(line.text);
  const doubts = doubtsOf(line, characters);
  const rewrites = new Map(line.rewrites.map((rewrite) => [rewrite.start, rewrite]));
  const found: Segment[] = [];
  for (let at = 0; at < characters.length;) {
    const rewrite = rewrites.get(at);
    const end = Math.max(at + 1, rewrite?.end ?? 0);
    join(found, pieceOf(line, characters, doubts, at, end, rewrite));
    at = end;
  }
  return found;
}

/** Characters [at, end), which are shown as one. */
function pieceOf(
  line: Line,
  characters: readonly string[],
  doubts: readonly (number | null)[],
  at: number,
  end: number,
  rewrite: Rewrite | undefined,
): Segment {
  const doubtful = doubts.slice(at, end).filter((confidence) => confidence !== null);
  return {
    text: rewrite?.written ?? characters.slice(at, end).join(""),
    kind: doubtful.length > 0 ? "doubtful" : "settled",
    confidence: doubtful.length > 0 ? Math.min(...doubtful) : null,
    correction: line.corrections.find(({ start, end: last }) => start < end && at < last) ?? null,
  };
}

/** The confidence of each character that belongs to a doubtful word. */
function doubtsOf(line: Line, characters: readonly string[]): readonly (number | null)[] {
  const doubts: (number | null)[] = characters.map(() => null);
  let searched = 0;
  for (const word of line.words) {
    const letters = Array.from(word.text);
    const place = placeOf(letters, characters, searched);
    if (place === null) continue;
    searched = place + letters.length;
    if (word.doubtful) doubts.fill(word.confidence, place, searched);
  }
  return doubts;
}

function placeOf(letters: readonly string[], characters: readonly string[], from: number): number | null {
  for (let place = from; place + letters.length <= characters.length; place += 1) {
    if (letters.every((letter, index) => characters[place + index] === letter)) return place;
  }
  return null;
}

function join(found: Segment[], piece: Segment): void {
  const last = found.at(-1);
  if (last?.kind !== piece.kind || last.correction !== piece.correction) {
    found.push(piece);
    return;
  }
  const confidence = last.confidence === null ? null : Math.min(last.confidence, piece.confidence ?? 1);
  found[found.length - 1] = { ...last, text: last.text + piece.text, confidence };
}

function segment(text: string, kind: "settled" | "unsettled"): Segment {
  return { text, kind, confidence: null, correction: null };
}
