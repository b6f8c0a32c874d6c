/** The desk's messages and REST answers (docs/protocol.md); events and views are generated in protocol.gen.ts. */

import type { CallSummary, CallView, DeskOutcome, Envelope } from "./protocol.gen";

export type Role = "admin" | "agent" | "qa" | "qa-lead" | "trainer" | "supervisor";

export type Permission =
  | "calls.export"
  | "playbook.read"
  | "playbook.edit"
  | "playbook.publish"
  | "experiments.read"
  | "experiments.decide"
  | "reports.read"
  | "transcript.correct"
  | "note.write"
  | "legs.exchange"
  | "private.reveal"
  | "access-log.read"
  | "records.manage"
  | "softphone.use"
  | "review.read"
  | "review.score"
  | "review.assign"
  | "review.answer"
  | "review.decide-lead"
  | "review.decide-quality";

export interface User {
  readonly user_id: string;
  readonly name: string;
  readonly role: Role;
  readonly agent_id: string | null;
  /** What the user may do beside seeing calls; REST tells it, the desk's hello does not. */
  readonly permissions?: readonly Permission[];
}

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
