/** The messages of the native protocol that a softphone uses (docs/protocol.md). */

export type Party = "agent" | "customer";

export interface Played {
  readonly customer_id: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a call is opened with, beside its version. */
export interface Opening {
  readonly media: { readonly encoding: "pcm_s16le"; readonly rate_hz: number; readonly channels: readonly Party[] };
  readonly agent?: { readonly agent_id: string; readonly attributes: { readonly mode: "novice" | "expert" } };
  readonly customer?: Played;
  readonly playbook?: string;
  readonly external_id?: string;
}

/** `fatal` is missing where the door itself turns somebody away. */
export interface ErrorMessage {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly fatal?: boolean;
  readonly retry_after_s?: number | null;
}

export type LineMessage =
  | { readonly type: "opened"; readonly call_id: string; readonly resume_token: string; readonly grace_ms: number }
  | { readonly type: "resumed"; readonly call_id: string; readonly received_bytes: number; readonly grace_ms: number }
  | { readonly type: "ack"; readonly received_bytes: number }
  | { readonly type: "paused" | "media-resumed" }
  | { readonly type: "pong"; readonly id: string }
  | ErrorMessage
  | { readonly type: "closed"; readonly call_id: string; readonly cause: string };
