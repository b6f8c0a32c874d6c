/** Cuts a transcript line into runs to be drawn alike. */

import type { Correction, Line, LineEntity, Rewrite, Word } from "../protocol.gen";

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

/** A run that is one word at most, for those who listen. */
export interface SpokenSegment extends Segment {
  /** When the word is said; null for what is between words. */
  readonly span_ms: readonly [start: number, end: number] | null;
}

/** Characters that are shown as one: a single one, or all those that are written in another form. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly rewrite: Rewrite | undefined;
}

interface Piece {
  readonly segment: Segment;
  readonly span_ms: SpokenSegment["span_ms"];
}

/** The runs of a line, in order; their texts joined give the form of the line that people read. */
export function segmentsOf(line: Line): readonly Segment[] {
  const found: Segment[] = [];
  for (const { segment } of piecesOf(line)) join(found, segment);
  return found;
}

/** The same cut further, so that no run holds more than one word. */
export function spokenSegmentsOf(line: Line): readonly SpokenSegment[] {
  const found: SpokenSegment[] = [];
  for (const { segment, span_ms } of piecesOf(line)) {
    const last = found.at(-1);
    const isSameWord = last !== undefined && last.span_ms?.join() === span_ms?.join();
    if (isSameWord) join(found, { ...segment, span_ms });
    else found.push({ ...segment, span_ms });
  }
  return found;
}

function piecesOf(line: Line): readonly Piece[] {
  // Positions on the wire count characters; a JavaScript string counts UTF-16 units.
  const characters = Array.from(line.text);
  const words = wordsOf(line, characters);
  const rewrites = new Map(line.rewrites.map((rewrite) => [rewrite.start, rewrite]));
  const pieces: Piece[] = [];
  for (let start = 0; start < characters.length;) {
    const rewrite = rewrites.get(start);
    const end = Math.max(start + 1, rewrite?.end ?? 0);
    const own = words.slice(start, end).filter((word) => word !== null);
    pieces.push({ segment: segmentOf(line, characters, own, { start, end, rewrite }), span_ms: spanOf(own) });
    start = end;
  }
  return pieces;
}

function segmentOf(
  line: Line,
  characters: readonly string[],
  words: readonly Word[],
  { start, end, rewrite }: Place,
): Segment {
  const text = rewrite?.written ?? characters.slice(start, end).join("");
  if (!line.final && start >= line.stable_chars) {
    return { text, kind: "unsettled", confidence: null, correction: null, entity: null };
  }
  const doubtful = words.filter((word) => word.doubtful).map((word) => word.confidence);
  return {
    text,
    kind: doubtful.length > 0 ? "doubtful" : "settled",
    confidence: doubtful.length > 0 ? Math.min(...doubtful) : null,
    correction: line.corrections.find((made) => made.start < end && start < made.end) ?? null,
    entity: line.entities.find(({ span: [from, to] }) => from < end && start < to) ?? null,
  };
}

function spanOf(words: readonly Word[]): SpokenSegment["span_ms"] {
  const [first, last] = [words.at(0), words.at(-1)];
  return first === undefined || last === undefined ? null : [first.start_ms, last.end_ms];
}

/** The word that each character belongs to. */
function wordsOf(line: Line, characters: readonly string[]): readonly (Word | null)[] {
  const words: (Word | null)[] = characters.map(() => null);
  let searched = 0;
  for (const word of line.words) {
    const letters = Array.from(word.text);
    const place = placeOf(letters, characters, searched);
    if (place === null) continue;
    searched = place + letters.length;
    words.fill(word, place, searched);
  }
  return words;
}

function placeOf(letters: readonly string[], characters: readonly string[], from: number): number | null {
  for (let place = from; place + letters.length <= characters.length; place += 1) {
    if (letters.every((letter, index) => characters[place + index] === letter)) return place;
  }
  return null;
}

/** Adds a run, or lengthens the last one if both are drawn alike. */
function join<T extends Segment>(found: T[], next: T): void {
  const last = found.at(-1);
  if (last?.kind !== next.kind || last.correction !== next.correction || last.entity !== next.entity) {
    found.push(next);
    return;
  }
  const confidence = last.confidence === null ? null : Math.min(last.confidence, next.confidence ?? 1);
  found[found.length - 1] = { ...last, text: last.text + next.text, confidence };
}
