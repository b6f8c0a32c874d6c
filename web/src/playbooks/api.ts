/** The REST interface of the playbook pages (docs/protocol.md). */

import { ApiError, request } from "../api";
import type { Because, CallSummary } from "../protocol.gen";

export type PlaybookState = "running" | "kept" | "broken" | "draft" | "retired";

export interface Version {
  readonly number: number;
  readonly version: string;
  readonly digest: string;
  readonly origin: "file" | "published" | "rolled-back";
  readonly author: string;
  readonly note: string;
  readonly at: string;
}

export interface DraftInfo {
  readonly saves: number;
  readonly base: number;
  readonly author: string;
  readonly at: string;
}

export interface PlaybookRow {
  readonly name: string;
  readonly state: PlaybookState;
  readonly is_default: boolean;
  readonly file: string | null;
  readonly running: { readonly version: string; readonly title: string; readonly rules: number } | null;
  readonly problem: { readonly code: string; readonly message: string; readonly line: number | null } | null;
  readonly newest: Version | null;
  readonly draft: DraftInfo | null;
}

export interface PlaybookDetail {
  readonly playbook: PlaybookRow;
  readonly versions: readonly Version[];
}

export interface Problem {
  readonly severity: "error" | "warning";
  readonly kind: "form" | "name" | "version" | "label" | "channel" | "condition" | "case";
  readonly line: number;
  readonly message: string;
}

export interface CheckResult {
  readonly can_publish: boolean;
  readonly version: string | null;
  readonly rules: number;
  readonly cases: number;
  readonly cases_failed: number;
  readonly problems: readonly Problem[];
}

export type Change = "same" | "gained" | "lost" | "changed" | "held-out";

export interface SaidRow {
  readonly kind: "prompt" | "flag" | "notification";
  readonly rule_id: string;
  readonly title: string;
  readonly at_ms: number;
  readonly change: Change | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly because: Because;
}

export interface TryResult {
  readonly call: CallSummary;
  readonly playbook: string;
  readonly record: string;
  readonly is_compared: boolean;
  readonly said: readonly SaidRow[];
}

export interface Tally {
  readonly kind: "prompt" | "flag" | "notification";
  readonly before: number;
  readonly after: number;
  readonly gained: number;
  readonly lost: number;
  readonly changed: number;
  /** Changes of prompts that nobody saw or would see; they are in no other count. */
  readonly held_out: number;
}

export interface ChangeRow {
  readonly change: Exclude<Change, "same">;
  readonly call_id: string;
  readonly agent_id: string | null;
  readonly kind: "prompt" | "flag" | "notification";
  readonly rule_id: string;
  readonly at_ms: number;
  readonly before: string | null;
  readonly after: string | null;
  readonly quote: string;
}

export interface ReplayReport {
  readonly type: "report";
  readonly report: {
    readonly calls: number;
    readonly calls_changed: number;
    readonly rules: readonly (Tally & { readonly rule: string })[];
    readonly agents: readonly (Tally & { readonly agent: string | null })[];
    readonly changes: readonly ChangeRow[];
    readonly changes_left_out: number;
  };
  readonly skipped: readonly { readonly name: string; readonly code: string; readonly message: string }[];
  readonly skipped_more: number;
}

type ReplayLine =
  | { readonly type: "progress"; readonly done: number; readonly of: number }
  | ReplayReport
  | { readonly type: "failed"; readonly code: string; readonly message: string };

/** A text of a playbook: as its file is on the disk, its draft, or the number of a version. */
export type Which = "file" | "draft" | number;

export type Against = "record" | "running";

const at = (name: string): string => `/playbooks/${encodeURIComponent(name)}`;

export function listPlaybooks(): Promise<{ readonly playbooks: readonly PlaybookRow[] }> {
  return request("GET", "/playbooks");
}

export function playbookDetail(name: string): Promise<PlaybookDetail> {
  return request("GET", at(name));
}

export async function textOf(name: string, which: Which): Promise<string> {
  return (await request<{ text: string }>("GET", `${at(name)}/texts/${which}`)).text;
}

export function ruleSchema(): Promise<object> {
  return request("GET", "/playbook-schema");
}

export function checkText(name: string, text: string): Promise<CheckResult> {
  return request("POST", `${at(name)}/check`, { text });
}

export function saveDraft(name: string, text: string, base: number, after: number): Promise<DraftInfo> {
  return request("PUT", `${at(name)}/draft`, { text, base, after });
}

export function discardDraft(name: string, after: number): Promise<unknown> {
  return request("DELETE", `${at(name)}/draft?after=${after}`);
}

export function publish(name: string, text: string, base: number, note: string): Promise<Version> {
  return request("POST", `${at(name)}/versions`, { text, base, note });
}

export function rollBack(name: string, number: number, base: number, note: string): Promise<Version> {
  return request("POST", `${at(name)}/rollback`, { number, base, note });
}

export function tryOnCall(name: string, text: string, callId: string): Promise<TryResult> {
  return request("POST", `${at(name)}/try`, { text, call_id: callId });
}

export interface ReplayRequest {
  readonly text: string;
  readonly most: number;
  readonly against: Against;
  /** Whether calls of practice are replayed, too. */
  readonly practice: boolean;
}

/** Run a text over stored calls; aborting the signal ends the work on the server. Rejects with ApiError. */
export async function replay(
  name: string,
  body: ReplayRequest,
  signal: AbortSignal,
  progressed: (done: number, of: number) => void,
): Promise<ReplayReport> {
  const answer = await fetch(`/api/v1${at(name)}/replay`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!answer.ok || answer.body === null) {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    throw new ApiError(error.code, error.message, answer.status);
  }
  for await (const line of linesOf(answer.body)) {
    const step = JSON.parse(line) as ReplayLine;
    if (step.type === "report") return step;
    if (step.type === "failed") throw new ApiError(step.code, step.message, answer.status);
    progressed(step.done, step.of);
  }
  throw new ApiError("unreachable", "The answer broke off.", 0);
}

/** Lines of a stream of UTF-8, without their ends; what follows the last end is no line. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
