/** Figures of reports as people read them. */

import type { Cell, Unit } from "./api";

/** A number in its unit: 12.3%, 3:05, 238. */
export function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case "share":
      return `${(100 * value).toFixed(1)}%`;
    case "seconds":
      return `${Math.floor(Math.round(value) / 60)}:${String(Math.round(value) % 60).padStart(2, "0")}`;
    case "per-call":
      return value.toFixed(2);
    case "points":
      return value.toFixed(1);
    case "calls":
    case "chars-per-min":
    case "words":
      return Math.round(value).toLocaleString("en");
  }
}

/** The bounds of a figure: 10.1%–14.8%; empty where it has none. */
export function boundsText({ low, high }: Cell, unit: Unit): string {
  return low === null || high === null ? "" : `${valueText(low, unit)}–${valueText(high, unit)}`;
}

/** As a picture draws it: shares in percent. */
export function drawn(value: number | null, unit: Unit): number | null {
  return value === null ? null : Number((unit === "share" ? 100 * value : value).toFixed(2));
}
