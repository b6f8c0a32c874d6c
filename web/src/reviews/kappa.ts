/** What a kappa means in words: the bands of Landis and Koch (1977), which are a habit and no law. */

export type KappaReading =
  "none" | "too-few" | "worse" | "slight" | "fair" | "moderate" | "substantial" | "near-perfect";

const BANDS: readonly (readonly [number, KappaReading])[] = [
  [0.8, "near-perfect"],
  [0.6, "substantial"],
  [0.4, "moderate"],
  [0.2, "fair"],
];

/** Of fewer comparisons one more would change what is said of them. */
const FEWEST_RATINGS = 10;

/** null: nothing to compare, or everybody always said the same. */
export function readingOf(kappa: number | null, ratings: number): KappaReading {
  if (ratings < FEWEST_RATINGS) return "too-few";
  if (kappa === null) return "none";
  return BANDS.find(([above]) => kappa > above)?.[1] ?? (kappa < 0 ? "worse" : "slight");
}
