/** Livecue's REST interface as the desk uses it. */

import type { GivenWrapUp } from "./desk/wrapUp";
import type { User } from "./protocol";
import type { CallSummary, CallView, SaleOutcome, StandingPromise } from "./protocol.gen";

/** A refused or failed request; `code` is stable (docs/errors.md), "unreachable" when no answer came. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface StoredCall {
  readonly call: CallSummary;
  readonly view: CallView;
}

export interface CallPage {
  readonly calls: readonly CallSummary[];
  readonly next: string | null;
}

export function whoAmI(): Promise<User> {
  return request<User>("GET", "/session");
}

export function logIn(name: string, password: string): Promise<User> {
  return request<User>("POST", "/session", { name, password });
}

export function logOut(): Promise<unknown> {
  return request("DELETE", "/session");
}

/** Closed calls that this user may see, newest first. */
export function recentCalls(limit: number): Promise<CallPage> {
  return request<CallPage>("GET", `/calls?open=false&limit=${limit}`);
}

export function storedCall(callId: string): Promise<StoredCall> {
  return request<StoredCall>("GET", `/calls/${encodeURIComponent(callId)}`);
}

/** How an offer ended, as the agent has it. */
export function reportResult(callId: string, promptId: string, result: SaleOutcome): Promise<unknown> {
  return request("POST", `/calls/${encodeURIComponent(callId)}/results`, { prompt_id: promptId, result });
}

/** Says in one call that a promise of an earlier one was kept. */
export function settlePromise(callId: string, { call_id, promise }: StandingPromise): Promise<unknown> {
  const body = { made_in: call_id, promise_id: promise.promise_id };
  return request("POST", `/calls/${encodeURIComponent(callId)}/kept-promises`, body);
}

export interface DispositionCode {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export interface DispositionTree {
  readonly reasons: readonly DispositionCode[];
  readonly results: readonly DispositionCode[];
}

/** The codes by which calls are filed. */
export function dispositions(): Promise<DispositionTree> {
  return request<DispositionTree>("GET", "/dispositions");
}

/** Confirms the wrap-up of a closed call as it was edited. */
export function confirmWrapUp(callId: string, given: GivenWrapUp): Promise<unknown> {
  return request("POST", `/calls/${encodeURIComponent(callId)}/wrap-up`, given);
}

/** Says which leg of a running call is whose; ``exchanged``: the other way round than the phone platform named them. */
export function orderLegs(callId: string, exchanged: boolean): Promise<unknown> {
  return request("POST", `/calls/${encodeURIComponent(callId)}/legs`, { exchanged });
}

/** Address of a closed call's transcript, to download. */
export function transcriptUrl(callId: string, format: "json" | "srt" | "text"): string {
  return `/api/v1/calls/${encodeURIComponent(callId)}/transcript?format=${format}`;
}

/** One request of the REST interface. Rejects with ApiError. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError("unreachable", "No answer from the server.", 0);
  }
  const content: unknown = await answer.json().catch(() => null);
  if (answer.ok) return content as T;
  const { code, message } = errorOf(content);
  throw new ApiError(code, message, answer.status);
}

function errorOf(content: unknown): { code: string; message: string } {
  const error = (content as { error?: { code?: string; message?: string } } | null)?.error;
  return { code: error?.code ?? "internal-error", message: error?.message ?? "" };
}
