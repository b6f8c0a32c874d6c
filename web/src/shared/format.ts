/** "03:07", or "1:03:07" from an hour on. */
export function clockTime(duration_ms: number): string {
  const whole_s = Math.max(0, Math.floor(duration_ms / 1000));
  const minutes = Math.floor(whole_s / 60) % 60;
  const hours = Math.floor(whole_s / 3600);
  const tail = `${String(minutes).padStart(2, "0")}:${String(whole_s % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Seconds with one decimal where it matters: "0.6", "12". */
export function seconds(duration_ms: number): string {
  const value_s = duration_ms / 1000;
  return value_s < 10 ? value_s.toFixed(1) : String(Math.round(value_s));
}

/** First letter or character of a name, for its avatar. */
export function initialOf(name: string): string {
  return Array.from(name.trim())[0]?.toUpperCase() ?? "?";
}
