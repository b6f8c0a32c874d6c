/** Geometry of the line that shows how a party felt over the call. */

import type { Feeling, Party } from "../protocol.gen";

/** A place in a lane: 0 to 1 from the left, 0 to 1 from the top (pleasant). */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface FeelingMark extends Place {
  readonly feeling: Feeling;
}

export interface Course {
  readonly party: Party;
  /** How the party feels now. */
  readonly latest: Feeling;
  readonly points: readonly Place[];
  /** What is worth pointing at, from left to right. */
  readonly marks: readonly FeelingMark[];
}

const LANES: readonly Party[] = ["customer", "agent", "mixed"];
/** A lane shows at least this much time, and grows by this much, in milliseconds. */
const SHORTEST_MS = 60_000;
const GROWTH_MS = 30_000;

/** How much time the lanes show: it grows in steps, so that they are seldom drawn anew. */
export function shownTime(position_ms: number): number {
  return Math.max(SHORTEST_MS, Math.ceil(position_ms / GROWTH_MS) * GROWTH_MS);
}

/**
 * One course per party that was judged. Of feelings that fall into the same of `slots` equal parts of the time, the
 * strongest leaves a mark; calm ones leave none, but for the latest.
 */
export function coursesOf(feelings: readonly Feeling[], time_ms: number, slots: number): readonly Course[] {
  return LANES.flatMap((party) => {
    const own = feelings.filter((felt) => felt.party === party).toSorted((one, other) => one.at_ms - other.at_ms);
    const latest = own.at(-1);
    if (latest === undefined) return [];
    const places = own.map((feeling) => ({ feeling, x: Math.min(1, feeling.at_ms / time_ms), y: heightOf(feeling) }));
    return [{ party, latest, points: places, marks: strongest(places, latest, slots) }];
  });
}

/** The points with both ends brought to the middle: the outline of the area between line and middle. */
export function closed(points: readonly Place[]): readonly Place[] {
  const ends = [points.at(0), points.at(-1)].map((end) => ({ x: end?.x ?? 0, y: 0.5 }));
  return [...ends.slice(0, 1), ...points, ...ends.slice(1)];
}

function heightOf({ valence }: Feeling): number {
  return (1 - Math.max(-1, Math.min(1, valence))) / 2;
}

function strongest(places: readonly FeelingMark[], latest: Feeling, slots: number): readonly FeelingMark[] {
  const bySlot = new Map<number, FeelingMark>();
  for (const place of places) {
    if (place.feeling.intensity === 0 && place.feeling !== latest) continue;
    const slot = Math.min(slots - 1, Math.floor(place.x * slots));
    const other = bySlot.get(slot);
    if (other === undefined || weightOf(place.feeling) >= weightOf(other.feeling)) bySlot.set(slot, place);
  }
  return [...bySlot.values()];
}

/** What is unpleasant weighs more than what is as strong and pleasant. */
function weightOf({ intensity, valence }: Feeling): number {
  return intensity - valence / 2;
}
