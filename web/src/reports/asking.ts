/** What is asked of the reports, and how it stands in an address. */

import { dayOf } from "../archive/days";

export const NAMES = ["quality", "service", "weakness"] as const;
export type ReportName = (typeof NAMES)[number];

export const BYS = ["rule", "agent", "team", "reason", "week"] as const;
export type By = (typeof BYS)[number];

export const FILTERS = ["team", "agent", "reason"] as const;
export type Filter = (typeof FILTERS)[number];

/** Lists that are absent ask for nothing. */
export type Asking = { readonly [Name in Filter]?: readonly string[] } & {
  readonly name: ReportName;
  readonly by?: By;
  /** First day: 2026-03-09. */
  readonly since?: string;
  /** Last day, included. */
  readonly until?: string;
  /** The figure that is drawn. */
  readonly figure?: string;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** Of an address; what it cannot be is left out. */
export function askingOf(asked: string): Asking {
  const given = new URLSearchParams(asked);
  const [by, figure] = [given.get("by"), given.get("figure")];
  const found: Record<string, string | readonly string[]> = {
    name: NAMES.find((one) => one === given.get("name")) ?? "quality",
  };
  const known = BYS.find((one) => one === by);
  if (known !== undefined) found["by"] = known;
  if (figure !== null) found["figure"] = figure;
  for (const day of ["since", "until"]) {
    const value = given.get(day);
    if (value !== null && DAY.test(value)) found[day] = value;
  }
  for (const filter of FILTERS) {
    const values = given.getAll(filter).filter((value) => value !== "");
    if (values.length > 0) found[filter] = values;
  }
  return found as unknown as Asking;
}

/** The query of the REST interface. */
export function queryOf({ by, since, until, ...asking }: Asking): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ by, since, until })) if (value !== undefined) asked.set(name, value);
  for (const filter of FILTERS) for (const value of asking[filter] ?? []) asked.append(filter, value);
  return asked.toString();
}

/** The query of an address of the app. */
export function addressOf(asking: Asking): string {
  const asked = new URLSearchParams(queryOf(asking));
  if (asking.name !== "quality") asked.set("name", asking.name);
  if (asking.figure !== undefined) asked.set("figure", asking.figure);
  return asked.toString();
}

/** The same without what some fields ask for. */
export function lacking(asking: Asking, ...fields: readonly Exclude<keyof Asking, "name">[]): Asking {
  const left = new Set<string>(fields);
  return { ...Object.fromEntries(Object.entries(asking).filter(([field]) => !left.has(field))), name: asking.name };
}

/** The last so many weeks up to today. */
export function lastWeeks(weeks: number, now: Date): { readonly since: string; readonly until: string } {
  const first = new Date(now.getTime() - (weeks * 7 - 1) * DAY_MS);
  return { since: dayOf(first.toISOString()), until: dayOf(now.toISOString()) };
}
