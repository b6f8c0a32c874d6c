/** The transcript as it is heard: which run of which line is said when. */

import type { CallView, CorrectedLine, Line, Party } from "../protocol.gen";
import { spokenSegmentsOf, type SpokenSegment } from "../shared/lineSegments";

export interface SpokenLine {
  readonly line: Line;
  /** Of what a person says was said, or else of what was recognised. */
  readonly segments: readonly SpokenSegment[];
  readonly corrected: CorrectedLine | null;
}

/** A run with its place in the transcript. */
interface Spoken {
  readonly start_ms: number;
  readonly end_ms: number;
  readonly lineIndex: number;
  readonly segmentIndex: number;
}

/** The runs of each party in the order of their time. */
export type SpokenIndex = ReadonlyMap<Party, readonly Spoken[]>;

/** A pause between words up to this long belongs to the word before it, in milliseconds. */
const BRIDGED_MS = 250;

/** Lines keep their identity while neither they nor their corrections change. */
export function spokenLinesOf(view: CallView, known: WeakMap<Line, SpokenLine>): readonly SpokenLine[] {
  const corrections = new Map(view.corrected.map((corrected) => [corrected.utterance_id, corrected]));
  return view.lines.map((line) => {
    const corrected = corrections.get(line.utterance_id) ?? null;
    const before = known.get(line);
    if (before?.corrected === corrected) return before;
    const recognised = spokenSegmentsOf(line);
    const segments = corrected === null ? recognised : aligned(line, corrected.text);
    const spoken = { line, segments, corrected };
    known.set(line, spoken);
    return spoken;
  });
}

export function spokenIndexOf(lines: readonly SpokenLine[]): SpokenIndex {
  const index = new Map<Party, Spoken[]>();
  for (const [lineIndex, { line, segments }] of lines.entries()) {
    const own = index.get(line.party) ?? [];
    index.set(line.party, own);
    for (const [segmentIndex, { span_ms }] of segments.entries()) {
      if (span_ms !== null) own.push({ start_ms: span_ms[0], end_ms: span_ms[1], lineIndex, segmentIndex });
    }
  }
  for (const own of index.values()) own.sort((one, other) => one.start_ms - other.start_ms);
  return index;
}

/** What is said at a position, as text that is the same as long as it is the same words: "3:7 4:0". */
export function spokenAt(index: SpokenIndex, position_ms: number): string {
  const said: string[] = [];
  for (const own of index.values()) {
    const at = lastStarted(own, position_ms);
    const spoken = own[at];
    if (spoken === undefined) continue;
    const next = own[at + 1];
    const bridge_ms = next?.lineIndex === spoken.lineIndex ? BRIDGED_MS : 0;
    if (position_ms < spoken.end_ms + bridge_ms) said.push(`${spoken.lineIndex}:${spoken.segmentIndex}`);
  }
  return said.join(" ");
}

/** The run of each line that is said, by the line's place. */
export function saidNow(at: string): ReadonlyMap<number, number> {
  const places = at.split(" ").filter(Boolean);
  return new Map(
    places.map((place) => {
      const [line, segment] = place.split(":").map(Number);
      return [line ?? -1, segment ?? -1];
    }),
  );
}

/** Where the next line begins, or the one before; a line that has just begun leads to the one before it. */
export function neighbourStart(lines: readonly Line[], position_ms: number, step: 1 | -1): number | null {
  const starts = lines.map(({ start_ms }) => start_ms);
  if (step === 1) return starts.find((start_ms) => start_ms > position_ms) ?? null;
  return starts.findLast((start_ms) => start_ms < position_ms - JUST_BEGUN_MS) ?? null;
}

const JUST_BEGUN_MS = 700;

function lastStarted(own: readonly Spoken[], position_ms: number): number {
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((own[middle]?.start_ms ?? Infinity) <= position_ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The characters of a correction with the times of the words that they share with what was recognised. */
function aligned(line: Line, text: string): readonly SpokenSegment[] {
  const spans = spansOf(line);
  const recognised = Array.from(line.text);
  const characters = Array.from(text);
  const shared = sharedPlaces(recognised, characters);
  return characters.map((character, index) => {
    const place = shared.get(index);
    return {
      ...{ text: character, kind: "settled", confidence: null, correction: null, entity: null },
      span_ms: place === undefined ? null : (spans[place] ?? null),
    };
  });
}

/** When each character of a line as it was recognised is said. */
function spansOf(line: Line): readonly SpokenSegment["span_ms"][] {
  const plain = spokenSegmentsOf({ ...line, rewrites: [], corrections: [], entities: [] });
  return plain.flatMap(({ text, span_ms }) => Array.from(text, () => span_ms));
}

/** Places of the longest common subsequence: of the second text to those of the first. */
function sharedPlaces(first: readonly string[], second: readonly string[]): ReadonlyMap<number, number> {
  const width = second.length + 1;
  const lengths = new Uint16Array((first.length + 1) * width);
  const length = (one: number, other: number): number => lengths[one * width + other] ?? 0;
  for (let one = first.length - 1; one >= 0; one -= 1) {
    for (let other = second.length - 1; other >= 0; other -= 1) {
      lengths[one * width + other] =
        first[one] === second[other]
          ? length(one + 1, other + 1) + 1
          : Math.max(length(one + 1, other), length(one, other + 1));
    }
  }
  const shared = new Map<number, number>();
  let [one, other] = [0, 0];
  while (one < first.length && other < second.length) {
    if (first[one] === second[other]) {
      shared.set(other, one);
      one += 1;
      other += 1;
    } else if (length(one + 1, other) >= length(one, other + 1)) one += 1;
    else other += 1;
  }
  return shared;
}
