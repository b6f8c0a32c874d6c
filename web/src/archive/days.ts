/** Whole days as a date field has them, and the bounds of wall time that they stand for where the reader is. */

/** "2026-03-09", the local day of an ISO time; empty without one. */
export function dayOf(time: string | undefined): string {
  if (time === undefined) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** Where a local day begins, or the day that many days after it; undefined for no day. */
export function beginOf(day: string, later = 0): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The last whole day before an ISO time. */
export function lastDayBefore(time: string | undefined): string {
  return time === undefined ? "" : dayOf(new Date(new Date(time).getTime() - 1).toISOString());
}
