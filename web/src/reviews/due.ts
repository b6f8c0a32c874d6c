/** How far away a time is, in words: "2天后", "3 hours ago". */

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** In the largest unit of which there is at least one, minutes at least. */
export function away(at: string, now_ms: number, language: string): string {
  const rest_ms = Date.parse(at) - now_ms;
  const [unit, length_ms] = UNITS.find(([, length]) => Math.abs(rest_ms) >= length) ?? (["minute", 60_000] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(Math.trunc(rest_ms / length_ms), unit);
}
