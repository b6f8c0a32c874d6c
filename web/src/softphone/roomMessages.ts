/** What passes through a room, in which two pages agree on their direct connection (docs/protocol.md). */

/** What the pages tell each other. */
export type PeerSignal =
  | { readonly kind: "description"; readonly description: RTCSessionDescriptionInit }
  | { readonly kind: "candidate"; readonly candidate: RTCIceCandidateInit }
  /** How the call stands that the host carries, so that the guest knows when it is recorded. */
  | { readonly kind: "call"; readonly call: CarriedCall };

export type CarriedCall = "none" | "live" | "held";

export type RoomMessage =
  | { readonly type: "made"; readonly code: string }
  | { readonly type: "met"; readonly name: string; readonly is_host: boolean }
  | { readonly type: "signal"; readonly signal: PeerSignal }
  | { readonly type: "left" }
  | { readonly type: "error"; readonly code: string; readonly message: string };

export const CODE_PATTERN = /^\d{6}$/;
