/** Cuts a transcript line into runs to be drawn alike. */

import type { Correction, Line, LineEntity, Rewrite } from "../protocol.gen";

export interface Segment {
  /** As it is shown: numbers in digits. */
  readonly text: string;
  /** settled: not expected to change. unsettled: end of a partial. doubtful: the recogniser is unsure. */
  readonly kind: "settled" | "unsettled" | "doubtful";
  /** Lowest word confidence of a doubtful run, 0 to 1. */
  readonly confidence: number | null;
  /** The name that was put right here; a run is all of it unless another mark covers only a part of it. */
  readonly correction: Correction | null;
  /** The value that is said here; a run is all of it unless another mark covers only a part of it. */
  readonly entity: LineEntity | null;
}

/** Characters that are shown as one: a single one, or all those that are written in another form. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly rewrite: Rewrite | undefined;
}

/** The runs of a line, in order; their texts joined give the form of the line that people read. */
export function segmentsOf(line: Line): readonly Segment[] {
  // Positions on the wire count characters; a JavaScript string counts UTF-16 units.
  const characters = Array.from(line.text);
  const doubts = doubtsOf(line, characters);
  const rewrites = new Map(line.rewrites.map((rewrite) => [rewrite.start, rewrite]));
  const found: Segment[] = [];
  for (let start = 0; start < characters.length;) {
    const rewrite = rewrites.get(start);
    const end = Math.max(start + 1, rewrite?.end ?? 0);
    join(found, segmentOf(line, characters, doubts, { start, end, rewrite }));
    start = end;
  }
  return found;
}

function segmentOf(
  line: Line,
  characters: readonly string[],
  doubts: readonly (number | null)[],
  { start, end, rewrite }: Piece,
): Segment {
  const text = rewrite?.written ?? characters.slice(start, end).join("");
  if (!line.final && start >= line.stable_chars) {
    return { text, kind: "unsettled", confidence: null, correction: null, entity: null };
  }
  const doubtful = doubts.slice(start, end).filter((confidence) => confidence !== null);
  return {
    text,
    kind: doubtful.length > 0 ? "doubtful" : "settled",
    confidence: doubtful.length > 0 ? Math.min(...doubtful) : null,
    correction: line.corrections.find((made) => made.start < end && start < made.end) ?? null,
    entity: line.entities.find(({ span: [from, to] }) => from < end && start < to) ?? null,
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

function join(found: Segment[], next: Segment): void {
  const last = found.at(-1);
  if (last?.kind !== next.kind || last.correction !== next.correction || last.entity !== next.entity) {
    found.push(next);
    return;
  }
  const confidence = last.confidence === null ? null : Math.min(last.confidence, next.confidence ?? 1);
  found[found.length - 1] = { ...last, text: last.text + next.text, confidence };
}
