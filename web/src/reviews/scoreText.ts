/** "87.5", "90"; a dash where there is none. */
export function scoreText(score: number | null): string {
  return score === null ? "–" : String(Math.round(score * 10) / 10);
}
