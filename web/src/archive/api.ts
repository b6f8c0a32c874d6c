/** The archive of the REST interface. */

import { request } from "../api";
import type { Party, Severity, Verdict } from "../protocol.gen";
import { askedOf, without, type Question, type Reaction } from "./question";

export interface FoundFlag {
  readonly flag_id: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly at_ms: number;
}

export interface FoundOffer {
  readonly offer_id: string;
  readonly title: string;
  readonly reaction: Reaction | null;
  readonly is_sold: boolean;
}

export interface Felt {
  readonly label: string;
  readonly intensity: number;
  readonly valence: number;
  readonly at_ms: number;
}

/** A closed call as the archive knows it. */
export interface CallDocument {
  readonly call_id: string;
  readonly opened_at: string;
  readonly duration_ms: number;
  readonly agent_id: string | null;
  readonly agent_name: string;
  readonly customer_id: string | null;
  readonly customer_name: string;
  readonly longest_silence_ms: number;
  readonly overtalk_ms: number;
  readonly intents: readonly string[];
  readonly feelings: readonly Felt[];
  readonly flags: readonly FoundFlag[];
  readonly offers: readonly FoundOffer[];
  /** Somebody tried Livecue on the softphone, or practised. */
  readonly is_practice: boolean;
}

/** An utterance, or the part of it around what was looked for. */
export interface Snippet {
  readonly utterance_id: string;
  readonly party: Party;
  readonly start_ms: number;
  readonly text: string;
  /** Characters [from, to) that were looked for. */
  readonly marks: readonly (readonly [number, number])[];
  readonly is_cut: boolean;
  /** Likeness of its meaning, 0 to 1; null where it was found by its words. */
  readonly score: number | null;
}

export interface FoundCall {
  readonly document: CallDocument;
  readonly snippets: readonly Snippet[];
}

export interface FoundPage {
  readonly calls: readonly FoundCall[];
  readonly next: string | null;
}

export interface CallCount {
  readonly calls: number;
  readonly is_more: boolean;
}

export interface Choice {
  readonly code: string;
  readonly title: string;
}

export interface Choices {
  readonly agents: readonly Choice[];
  readonly intents: readonly Choice[];
  readonly rules: readonly Choice[];
  readonly offers: readonly Choice[];
}

export interface SavedQuestion {
  readonly search_id: number;
  readonly name: string;
  readonly question: Question;
}

export function findCalls(asked: string, after: string | null): Promise<FoundPage> {
  const cursor = after === null ? "" : `&after=${encodeURIComponent(after)}`;
  return request("GET", `/archive?${asked}${cursor}`);
}

/** Counting takes no order. */
export function countCalls(question: Question): Promise<CallCount> {
  return request("GET", `/archive/count?${askedOf(without(question, "order"))}`);
}

export function listChoices(): Promise<Choices> {
  return request("GET", "/archive/choices");
}

export function listSearches(): Promise<{ readonly searches: readonly SavedQuestion[] }> {
  return request("GET", "/archive/searches");
}

export function saveSearch(name: string, question: Question): Promise<SavedQuestion> {
  return request("POST", "/archive/searches", { name, question: without(question, "order") });
}

export function removeSearch(searchId: number): Promise<unknown> {
  return request("DELETE", `/archive/searches/${searchId}`);
}

/** Address of everything that is found, to download. */
export function exportUrl(question: Question, format: "csv" | "json"): string {
  const asked = askedOf(without(question, "order"));
  return `/api/v1/archive/export?format=${format}${asked === "" ? "" : `&${asked}`}`;
}
