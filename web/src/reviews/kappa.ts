/** What a kappa means in words: the bands of Landis and Koch (1977), which are a habit and no law. */

export type KappaReading = "none" | "worse" | "slight" | "fair" | "moderate" | "substantial" | "near-perfect";

const BANDS: readonly (readonly [number, KappaReading])[] = [
  [0.8, "near-perfect"],
  [0.6, "substantial"],
  [0.4, "moderate"],
  [0.2, "fair"],
  [0, "slight"],
];

/** null: nothing to compare, or everybody always said the same. */
export function readingOf(kappa: number | null): KappaReading {
  if (kappa === null) return "none";
  return BANDS.find(([above]) => kappa > above)?.[1] ?? "worse";
}
