/** The reports of the REST interface. */

import { request } from "../api";
import { questionOf, type Question } from "../archive/question";
import { queryOf, type Asking, type By, type ReportName } from "./asking";

export type Unit = "calls" | "share" | "seconds" | "chars-per-min" | "per-call" | "points" | "words";

/** Fields of a question to the archive, as its address has them. */
type Asked = Readonly<Record<string, readonly string[]>>;

export interface Wording {
  readonly name: string;
  readonly formula: string;
  readonly left_out: string;
}

/** What a figure is. */
export interface Field {
  readonly field_id: string;
  readonly unit: Unit;
  readonly sources: readonly string[];
  readonly zh: Wording;
  readonly en: Wording;
  /** null: no search finds the calls that it counts. */
  readonly asked: Asked | null;
  readonly is_better: "low" | "high" | null;
}

export interface ReportDictionary {
  readonly reports: Readonly<Record<ReportName, { readonly columns: readonly string[]; readonly bys: readonly By[] }>>;
  readonly fields: Readonly<Record<string, Field>>;
}

/** A figure with its 95 % interval, and of how many calls it tells. */
export interface Cell {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly calls: number;
}

export interface Word {
  readonly text: string;
  readonly calls: number;
  readonly z: number;
}

export interface Row {
  readonly code: string;
  readonly title: string;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly asked: Asked | null;
  readonly words: readonly Word[];
}

export interface Report {
  readonly name: ReportName;
  readonly by: By;
  readonly since: string;
  readonly before: string;
  readonly columns: readonly string[];
  readonly total: Row;
  readonly rows: readonly Row[];
  readonly is_cut: boolean;
  readonly words_of: number;
}

export function readDictionary(): Promise<ReportDictionary> {
  return request("GET", "/reports");
}

export function readReport(asking: Asking): Promise<Report> {
  return request("GET", `/reports/${asking.name}?${queryOf(asking)}`);
}

/** Address of a report as a table, to download. */
export function tableUrl(asking: Asking, language: "zh" | "en"): string {
  return `/api/v1/reports/${asking.name}?format=csv&language=${language}&${queryOf(asking)}`;
}

/** What the archive is asked for the calls of a figure; null where it cannot be. */
export function questionFor(row: Row, field: Field | undefined, words?: string): Question | null {
  if (row.asked === null || field?.asked === null) return null;
  const given = new URLSearchParams();
  for (const [name, values] of Object.entries({ ...row.asked, ...field?.asked })) {
    for (const value of values) given.append(name, value);
  }
  const question = questionOf(given.toString());
  return words === undefined ? question : { ...question, q: `"${words}"`, party: "customer" };
}
