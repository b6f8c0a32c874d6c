/** Probabilities of a draw in words. */

/** "2.5%", "100%". */
export function chanceText(probability: number): string {
  const percent = probability * 100;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : Number(percent.toPrecision(2))}%`;
}

/** For how many calls one that was drawn with this probability stands. */
export function standsFor(probability: number): number {
  return Math.round(1 / probability);
}
