/** Figures of experiments as people read them. */

import type { Interval } from "./api";

/** A share with its bounds: 12.3% (10.1–14.8). */
export function shareText(share: Interval | null): string {
  return share === null ? "–" : `${percent(share.estimate)}% (${percent(share.low)}–${percent(share.high)})`;
}

/** So many of so many: 12.3%. */
export function ratioText(hits: number | undefined, calls: number | undefined): string {
  return hits === undefined || !calls ? "–" : `${percent(hits / calls)}%`;
}

/** A difference of shares in percentage points with its bounds. */
export function liftText(lift: Interval): string {
  return `${signed(100 * lift.estimate)} (${signed(100 * lift.low)} … ${signed(100 * lift.high)})`;
}

/** So many with their bounds, in whole numbers or hours. */
export function amountText({ estimate, low, high }: Interval, places = 0): string {
  return `${signed(estimate, places)} (${signed(low, places)} … ${signed(high, places)})`;
}

/** Agents' time in hours with its bounds. */
export function hoursText({ estimate, low, high }: Interval): string {
  const hour = 3_600_000;
  return amountText({ estimate: estimate / hour, low: low / hour, high: high / hour }, 1);
}

/** A number with its sign, to one place. */
export function signed(value: number, places = 1): string {
  const text = Math.abs(value).toFixed(places);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
