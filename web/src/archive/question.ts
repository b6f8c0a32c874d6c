/** What is asked of the archive, and how it stands in an address: the names are those of the REST interface. */

import type { CustomerReaction, Party, Severity, Verdict } from "../protocol.gen";

/** How the words of a question are found. */
export type By = "words" | "meaning" | "both";
export type Order = "relevance" | "newest" | "longest";

const LISTS = [
  "agent",
  "team",
  "reason",
  "intent",
  "emotion",
  "worst",
  "ends",
  "flag",
  "verdict",
  "severity",
  "offer",
  "reaction",
] as const;
const NUMBERS = ["min_duration_s", "max_duration_s", "min_silence_s", "min_overtalk_s"] as const;
const TRUTHS = ["repeat", "called_again", "practice"] as const;
const TEXTS = ["q", "party", "since", "before", ...TRUTHS, "by", "order"] as const;

export type ListField = (typeof LISTS)[number];
export type TruthField = (typeof TRUTHS)[number];
export type NumberField = (typeof NUMBERS)[number];
export type Reaction = Exclude<CustomerReaction, "unknown">;

/** Fields that are absent ask for nothing. */
export type Question = { readonly [Field in ListField]?: readonly string[] } & {
  readonly [Field in NumberField]?: number;
} & {
  readonly [Field in TruthField]?: "true" | "false";
} & {
  readonly q?: string;
  readonly party?: Party;
  /** Opened then or later, as an ISO time with its zone. */
  readonly since?: string;
  /** Opened earlier. */
  readonly before?: string;
  /** Absent: words. */
  readonly by?: By;
  readonly order?: Order;
};

export const VERDICTS: readonly Verdict[] = ["breach", "at_risk", "abstained", "met"];
export const SEVERITIES: readonly Severity[] = ["critical", "major", "minor"];
export const REACTIONS: readonly Reaction[] = ["accepted", "hesitant", "refused", "ignored"];
export const WAYS: readonly By[] = ["words", "meaning", "both"];
export const ORDERS: readonly Order[] = ["relevance", "newest", "longest"];

/** The query of an address, in a fixed order, without what asks for nothing. */
export function askedOf(question: Question): string {
  const asked = new URLSearchParams();
  for (const field of TEXTS) {
    const value = question[field];
    if (value !== undefined && value !== "") asked.set(field, value);
  }
  for (const field of LISTS) for (const value of question[field] ?? []) asked.append(field, value);
  for (const field of NUMBERS) {
    const value = question[field];
    if (value !== undefined) asked.set(field, String(value));
  }
  return asked.toString();
}

/** The question of an address; what it cannot be is left out, and the server refuses the rest. */
export function questionOf(asked: string): Question {
  const given = new URLSearchParams(asked);
  const found: Record<string, string | number | readonly string[]> = {};
  for (const field of TEXTS) {
    const value = given.get(field);
    if (value !== null && value !== "") found[field] = value;
  }
  for (const field of LISTS) {
    const values = given.getAll(field).filter((value) => value !== "");
    if (values.length > 0) found[field] = values;
  }
  for (const field of NUMBERS) {
    const value = Number.parseFloat(given.get(field) ?? "");
    if (Number.isFinite(value) && value >= 0) found[field] = Math.abs(value);
  }
  return found;
}

/** Whether what is found is the nearest there is, and not all that fits. */
export function isNearest({ q = "", by = "words" }: Question): boolean {
  return q !== "" && by !== "words";
}

/** The question with another way to find its words; by likeness the likest come first. */
export function foundBy(question: Question, by: By): Question {
  const asked = without(question, "by", "order");
  const { order } = question;
  if (by === "words") return { ...asked, ...(order !== undefined && { order }) };
  return { ...asked, by, order: "relevance" };
}

/** The question without what some fields ask for. */
export function without(question: Question, ...fields: readonly (keyof Question)[]): Question {
  const left = new Set<string>(fields);
  return Object.fromEntries(Object.entries(question).filter(([field]) => !left.has(field)));
}

/** How many fields beside the words ask for something. */
export function filterCount(question: Question): number {
  return Object.values(without(question, "q", "by", "order")).filter(
    (value) => !Array.isArray(value) || value.length > 0,
  ).length;
}
