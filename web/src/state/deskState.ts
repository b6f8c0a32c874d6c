/** Everything the desk page knows, as one pure fold over what arrives and what the user does. */

import { emptyView, fold } from "../fold";
import { stands } from "../foldPrompts";
import type { Link } from "../deskSocket";
import type { ServerMessage, User } from "../protocol";
import type { CallSummary, CallView, DeskOutcome, Envelope } from "../protocol.gen";
import { observeEnvelope, observeRoundTrip, unknownClock, type ServerClock } from "../serverClock";

/** How long after the words the cards of a call were painted here, by prompt. */
export type PaintedAfter_ms = Readonly<Record<string, number>>;

/** Cards of one call; beyond it the one painted first is forgotten. */
export const PAINTED_KEPT = 200;

/** The call on the screen. */
export interface WatchedCall {
  readonly callId: string;
  /** live: followed over the socket. stored: read once over REST, or told to look there. */
  readonly origin: "live" | "stored";
  readonly loaded: boolean;
  /** Why a stored call could not be read; choosing it again, or the connection's return, reads it again. */
  readonly readFailure: { readonly code: string; readonly message: string } | null;
  readonly view: CallView;
  /** When each prompt was logged (ISO 8601), for prompts that arrived as events. */
  readonly promptLoggedAt: Readonly<Record<string, string>>;
  /** What the user just did with a prompt, until the log says so too. */
  readonly pending: Readonly<Record<string, DeskOutcome>>;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Counts failures, so that the same one twice is shown twice. */
  readonly serial: number;
}

export interface DeskState {
  readonly user: User;
  readonly link: Link;
  readonly clock: ServerClock;
  readonly roundTrip_ms: number | null;
  /** null until the server has told. */
  readonly liveCalls: readonly CallSummary[] | null;
  readonly recentCalls: readonly CallSummary[];
  readonly call: WatchedCall | null;
  /** By call: of the live ones and the one on the screen. A prompt that comes anew is not painted yet. */
  readonly painted: Readonly<Record<string, PaintedAfter_ms>>;
  readonly failure: Failure | null;
}

export type DeskAction =
  | { readonly type: "link-changed"; readonly link: Link }
  | { readonly type: "received"; readonly message: ServerMessage; readonly at_ms: number }
  | { readonly type: "round-trip"; readonly duration_ms: number }
  | { readonly type: "call-chosen"; readonly callId: string }
  | { readonly type: "stored-call-read"; readonly view: CallView }
  | { readonly type: "stored-call-failed"; readonly callId: string; readonly code: string; readonly message: string }
  | { readonly type: "recent-calls-read"; readonly calls: readonly CallSummary[] }
  | {
      readonly type: "prompt-painted";
      readonly callId: string;
      readonly promptId: string;
      readonly after_ms: number;
    }
  | { readonly type: "outcome-reported"; readonly promptId: string; readonly outcome: DeskOutcome }
  | { readonly type: "failed"; readonly code: string; readonly message: string };

/** The desk before anything arrived; `callId` is the call named in the address, if any. */
export function startingDesk(user: User, callId: string | null): DeskState {
  return {
    user,
    link: { kind: "connecting" },
    clock: unknownClock,
    roundTrip_ms: null,
    liveCalls: null,
    recentCalls: [],
    call: callId === null ? null : watched(callId, "stored"),
    painted: {},
    failure: null,
  };
}

export function deskReducer(state: DeskState, action: DeskAction): DeskState {
  switch (action.type) {
    case "link-changed":
      return linkChanged(state, action.link);
    case "received":
      return received(state, action.message, action.at_ms);
    case "round-trip":
      return {
        ...state,
        clock: observeRoundTrip(state.clock, action.duration_ms),
        roundTrip_ms: action.duration_ms,
      };
    case "call-chosen":
      return chosen(state, action.callId);
    case "stored-call-read":
      return state.call?.callId === action.view.call_id && state.call.origin === "stored"
        ? { ...state, call: { ...state.call, view: action.view, loaded: true } }
        : state;
    case "stored-call-failed": {
      const { callId, code, message } = action;
      return state.call?.callId === callId && state.call.origin === "stored"
        ? { ...state, call: { ...state.call, readFailure: { code, message } } }
        : state;
    }
    case "recent-calls-read":
      return { ...state, recentCalls: action.calls };
    case "prompt-painted":
      return { ...state, painted: withPainted(state.painted, action.callId, action.promptId, action.after_ms) };
    case "outcome-reported":
      return withCall(state, (call) => ({
        ...call,
        pending: { ...call.pending, [action.promptId]: action.outcome },
      }));
    case "failed":
      return failed(state, action.code, action.message);
  }
}

/** A new connection may lead to another server, and what could not be read before is worth another try. */
function linkChanged(state: DeskState, link: Link): DeskState {
  if (link.kind !== "open") return { ...state, link };
  return { ...withCall(state, (call) => ({ ...call, readFailure: null })), link, clock: unknownClock };
}

function received(state: DeskState, message: ServerMessage, at_ms: number): DeskState {
  switch (message.type) {
    case "hello":
      return { ...state, user: message.user };
    case "calls":
      return withoutGone(withLiveCalls(state, message.calls));
    case "snapshot":
      return isWatchedLive(state, message.call_id)
        ? { ...state, call: { ...state.call, view: message.view, loaded: true } }
        : state;
    case "events":
      // Before the snapshot only what is left of an earlier subscription to the same call can arrive.
      return isWatchedLive(state, message.call_id) && state.call.loaded
        ? withEnvelopes(state, message.envelopes, at_ms)
        : state;
    case "error":
      // Followed by a close, after which the socket resumes where it was.
      if (message.code === "subscriber-too-slow") return state;
      return failed(state, message.code, message.message);
    case "outcome-stored":
    case "pong":
      return state;
  }
}

function isWatchedLive(state: DeskState, callId: string): state is DeskState & { readonly call: WatchedCall } {
  return state.call?.callId === callId && state.call.origin === "live";
}

function withEnvelopes(
  state: DeskState & { readonly call: WatchedCall },
  envelopes: readonly Envelope[],
  at_ms: number,
): DeskState {
  const { call } = state;
  const promptLoggedAt = { ...call.promptLoggedAt };
  let { view, pending } = call;
  let painted = state.painted[call.callId] ?? {};
  for (const envelope of envelopes) {
    const { event, at } = envelope;
    if (event.type === "prompt") {
      promptLoggedAt[event.prompt_id] = at;
      if (!view.prompts.some((card) => card.prompt.prompt_id === event.prompt_id && stands(card))) {
        painted = without(painted, event.prompt_id);
      }
    }
    if (event.type === "prompt-outcome") pending = without(pending, event.prompt_id);
    view = fold(view, envelope);
  }
  return {
    ...state,
    clock: envelopes.reduce((clock, { at }) => observeEnvelope(clock, at, at_ms), state.clock),
    call: { ...call, promptLoggedAt, pending, view },
    painted: { ...state.painted, [call.callId]: painted },
  };
}

/** An empty screen takes the newest live call; an agent's new call also takes the place of one that is over. */
function withLiveCalls(state: DeskState, calls: readonly CallSummary[]): DeskState {
  const next = { ...state, liveCalls: calls };
  const { call, user } = state;
  if (call !== null && !call.loaded && calls.some((live) => live.call_id === call.callId)) {
    return { ...next, call: watched(call.callId, "live") };
  }
  const newest = calls[0];
  if (newest === undefined) return next;
  const isNew = !(state.liveCalls ?? []).some((live) => live.call_id === newest.call_id);
  const isOver = call?.origin === "stored" || call?.view.status === "closed";
  const takesScreen = call === null || (user.role === "agent" && isNew && isOver);
  return takesScreen ? { ...next, call: watched(newest.call_id, "live") } : next;
}

function chosen(state: DeskState, callId: string): DeskState {
  if (state.call?.callId === callId && state.call.readFailure === null) return state;
  const isLive = state.liveCalls?.some((live) => live.call_id === callId) ?? false;
  return withoutGone({ ...state, call: watched(callId, isLive ? "live" : "stored"), failure: null });
}

/** A call that ended before it could be followed is looked up in the store instead of being an error. */
function failed(state: DeskState, code: string, message: string): DeskState {
  const { call } = state;
  if (code === "unknown-call" && call?.origin === "live" && !call.loaded) {
    return { ...state, call: watched(call.callId, "stored") };
  }
  const failure = { code, message, serial: (state.failure?.serial ?? 0) + 1 };
  return { ...state, failure, call: call === null ? null : { ...call, pending: {} } };
}

function watched(callId: string, origin: WatchedCall["origin"]): WatchedCall {
  const view = emptyView(callId);
  return {
    callId,
    origin,
    loaded: false,
    readFailure: null,
    view,
    promptLoggedAt: {},
    pending: {},
  };
}

function withCall(state: DeskState, change: (call: WatchedCall) => WatchedCall): DeskState {
  return state.call === null ? state : { ...state, call: change(state.call) };
}

function withPainted(
  painted: DeskState["painted"],
  callId: string,
  promptId: string,
  after_ms: number,
): DeskState["painted"] {
  const ofCall = { ...painted[callId], [promptId]: after_ms };
  return { ...painted, [callId]: Object.fromEntries(Object.entries(ofCall).slice(-PAINTED_KEPT)) };
}

/** Nobody comes back to a call that is over and not on the screen: its cards are history. */
function withoutGone(state: DeskState): DeskState {
  const { call, liveCalls } = state;
  const isHere = (callId: string): boolean =>
    callId === call?.callId || (liveCalls ?? []).some((live) => live.call_id === callId);
  const kept = Object.entries(state.painted).filter(([callId]) => isHere(callId));
  return { ...state, painted: Object.fromEntries(kept) };
}

function without<T>(of: Readonly<Record<string, T>>, promptId: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(of).filter(([id]) => id !== promptId));
}
