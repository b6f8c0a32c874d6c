/** The desk's messages and REST answers (docs/protocol.md); events and views are generated in protocol.gen.ts. */

import type { CallView, CloseCause, Envelope, PromptOutcome } from "./protocol.gen";

export type Role = "admin" | "agent" | "qa" | "trainer" | "supervisor";

export interface User {
  readonly user_id: string;
  readonly name: string;
  readonly role: Role;
  readonly agent_id: string | null;
}

/** One row of the call list. */
export interface CallSummary {
  readonly call_id: string;
  readonly source: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly cause: CloseCause | null;
  readonly duration_ms: number;
  readonly agent_id: string | null;
  readonly agent_name: string;
  readonly customer_id: string | null;
  readonly customer_name: string;
  readonly utterances: number;
  readonly prompts: number;
  /** Flags whose latest verdict is breach or at_risk. */
  readonly flags: number;
  readonly has_audio: boolean;
}

/** What a person at the desk can do with a prompt. */
export type DeskOutcome = Extract<PromptOutcome["outcome"], "shown" | "accepted" | "dismissed" | "copied">;

export interface OutcomeMessage {
  readonly type: "outcome";
  readonly id: string;
  readonly call_id: string;
  readonly prompt_id: string;
  readonly outcome: DeskOutcome;
  readonly shown_after_ms?: number;
}

export type ClientMessage =
  | { readonly type: "subscribe"; readonly call_id: string; readonly after?: number }
  | { readonly type: "unsubscribe" }
  | OutcomeMessage
  | { readonly type: "ping"; readonly id: string };

export type ServerMessage =
  | {
      readonly type: "hello";
      readonly version: number;
      readonly user: User;
      readonly server: { readonly name: string; readonly version: string };
    }
  | { readonly type: "calls"; readonly calls: readonly CallSummary[] }
  | { readonly type: "snapshot"; readonly call_id: string; readonly view: CallView }
  | { readonly type: "events"; readonly call_id: string; readonly envelopes: readonly Envelope[] }
  | { readonly type: "outcome-stored"; readonly id: string; readonly seq: number }
  | { readonly type: "pong"; readonly id: string }
  | { readonly type: "error"; readonly code: string; readonly message: string; readonly id?: string | null };
