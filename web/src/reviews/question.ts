/** What is asked of the list of reviews: how it stands in the address, and what the server is asked. */

import type { ReviewKind, ReviewOrigin, ReviewState } from "./api";

/** Groups of states that wait for the same people. */
export const STAGES = {
  waiting: ["queued"],
  scoring: ["in_review"],
  answering: ["with_agent", "answered"],
  deciding: ["with_lead", "with_quality"],
  over: ["closed", "sealed", "withdrawn"],
  all: [],
} as const satisfies Readonly<Record<string, readonly ReviewState[]>>;

export type Stage = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as readonly Stage[];

const FIELDS = ["stage", "kind", "origin", "reviewer", "agent", "overdue"] as const;

/** Fields that are absent ask for nothing; without a stage those that wait for a reviewer. */
export interface Question {
  readonly stage?: Stage;
  readonly kind?: ReviewKind;
  readonly origin?: ReviewOrigin;
  /** me, none, or the id of a user. */
  readonly reviewer?: string;
  readonly agent?: string;
  readonly overdue?: "true";
}

export function questionOf(asked: string): Question {
  const given = new URLSearchParams(asked);
  const found = FIELDS.flatMap((field) => {
    const value = given.get(field);
    return value === null || value === "" || (field === "stage" && !(value in STAGES)) ? [] : [[field, value] as const];
  });
  return Object.fromEntries(found);
}

export function askedOf(question: Question): string {
  const asked = new URLSearchParams();
  for (const field of FIELDS) if (question[field] !== undefined) asked.set(field, question[field]);
  return asked.toString();
}

/** The query of the request: what waits by its risk, what nobody has to do any more the newest first, else as it is due. */
export function queryOf(question: Question, otherwise: Stage): string {
  const { stage = otherwise, ...conditions } = question;
  const query = new URLSearchParams(Object.entries(conditions));
  for (const state of STAGES[stage]) query.append("state", state);
  query.set("order", stage === "waiting" ? "risk" : stage === "over" || stage === "all" ? "newest" : "due");
  return query.toString();
}

/** The question without what a field asks for. */
export function without(question: Question, field: keyof Question): Question {
  return Object.fromEntries(Object.entries(question).filter(([one]) => one !== field));
}
