/**
 * The browser's end of the desk websocket: reconnects, resumes, and delivers each outcome until it is answered.
 *
 * The socket, timers and randomness are passed in, so tests run on virtual time. Delays between attempts double from
 * `firstDelay_ms` to `longestDelay_ms`, each cut by up to half at random so that desks do not return in step.
 */

import type { ClientMessage, OutcomeMessage, ServerMessage } from "./protocol";
import type { DeskOutcome } from "./protocol.gen";

export type Link =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "waiting"; readonly retryAt_ms: number; readonly attempt: number }
  | { readonly kind: "refused"; readonly code: "not-authenticated" | "foreign-origin" };

/** A connection, open or opening. */
export interface Connection {
  send(text: string): void;
  /** Give it up; it reports nothing from then on. */
  close(): void;
}

export interface DeskSocketWorld {
  connect(received: (text: string) => void, closed: (code: number) => void): Connection;
  /** Run `action` after a delay; returns how to cancel it. */
  after(delay_ms: number, action: () => void): () => void;
  now_ms(): number;
  /** 0 to 1. */
  random(): number;
}

export interface DeskSocketListener {
  linkChanged(link: Link): void;
  received(message: ServerMessage, at_ms: number): void;
  roundTrip(duration_ms: number): void;
  /** Last seq folded in of a call; 0 to be sent a snapshot. */
  lastSeq(callId: string): number;
}

export interface DeskSocketLimits {
  readonly firstDelay_ms: number;
  readonly longestDelay_ms: number;
  /** How long the server may take to greet, the connection's own set-up included. */
  readonly greeting_ms: number;
  readonly pingEvery_ms: number;
  /** A connection on which nothing arrives for this long after a ping is given up. */
  readonly silence_ms: number;
  /** Outcomes waiting for their answer; beyond it the oldest is given up. All are sent at once after a reconnect, so
   * the bound stays below the 50 messages a second that the server takes. */
  readonly unansweredOutcomes: number;
}

export const defaultLimits: DeskSocketLimits = {
  firstDelay_ms: 400,
  longestDelay_ms: 15_000,
  greeting_ms: 10_000,
  pingEvery_ms: 10_000,
  silence_ms: 5_000,
  unansweredOutcomes: 32,
};

/** Stands for the close code of a connection that was given up because nothing arrived on it. */
const SILENT = 4000;
const refusals = new Map<number, "not-authenticated" | "foreign-origin">([
  [4401, "not-authenticated"],
  [4403, "foreign-origin"],
]);

export class DeskSocket {
  private connection: Connection | null = null;
  /** Numbers the connections: what an abandoned one still reports is not heard. */
  private current = 0;
  private greeted = false;
  private attempt = 0;
  private watched: string | null = null;
  private serial = 0;
  private cancelTimer: () => void = () => undefined;
  private pinged: { readonly id: string; readonly at_ms: number } | null = null;
  /** Whether anything arrived since the last ping. */
  private heard = false;
  private readonly unanswered = new Map<string, OutcomeMessage>();

  constructor(
    private readonly world: DeskSocketWorld,
    private readonly listener: DeskSocketListener,
    private readonly limits: DeskSocketLimits = defaultLimits,
  ) {}

  /** Connect now, also when waiting for the next attempt. */
  open(): void {
    if (this.connection !== null) return;
    this.cancelTimer();
    this.listener.linkChanged({ kind: "connecting" });
    this.current += 1;
    const opened = this.current;
    this.connection = this.world.connect(
      (text) => {
        if (opened === this.current) this.receive(text);
      },
      (code) => {
        if (opened === this.current) this.lose(code);
      },
    );
    this.cancelTimer = this.world.after(this.limits.greeting_ms, () => {
      this.giveUp();
    });
  }

  /** Leave for good. */
  close(): void {
    this.cancelTimer();
    this.connection?.close();
    this.connection = null;
    this.current += 1;
    this.greeted = false;
  }

  /** Follow one call (null: none), now and after every reconnect. */
  watch(callId: string | null): void {
    if (callId === this.watched) return;
    this.watched = callId;
    if (!this.greeted) return;
    if (callId === null) this.send({ type: "unsubscribe" });
    else this.subscribe(callId);
  }

  /** Report what was done with a prompt; repeated after a reconnect until the server has answered. */
  report(callId: string, promptId: string, outcome: DeskOutcome, shownAfter_ms?: number): void {
    const id = this.nextId();
    const measured = shownAfter_ms === undefined ? {} : { shown_after_ms: shownAfter_ms };
    const message: OutcomeMessage = { type: "outcome", id, call_id: callId, prompt_id: promptId, outcome, ...measured };
    this.unanswered.set(id, message);
    const [oldest] = this.unanswered.keys();
    if (this.unanswered.size > this.limits.unansweredOutcomes && oldest !== undefined) this.unanswered.delete(oldest);
    if (this.greeted) this.send(message);
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    const at_ms = this.world.now_ms();
    this.heard = true;
    if (message.type === "hello") this.greet();
    if (message.type === "pong" && this.pinged?.id === message.id) {
      this.listener.roundTrip(at_ms - this.pinged.at_ms);
    }
    if (message.type === "outcome-stored") this.unanswered.delete(message.id);
    if (message.type === "error" && message.id != null) this.unanswered.delete(message.id);
    this.listener.received(message, at_ms);
  }

  private greet(): void {
    this.cancelTimer();
    this.greeted = true;
    this.attempt = 0;
    this.listener.linkChanged({ kind: "open" });
    if (this.watched !== null) this.subscribe(this.watched);
    for (const message of this.unanswered.values()) this.send(message);
    this.ping();
  }

  private subscribe(callId: string): void {
    const after = this.listener.lastSeq(callId);
    this.send({ type: "subscribe", call_id: callId, ...(after > 0 ? { after } : {}) });
  }

  private ping(): void {
    this.heard = false;
    this.pinged = { id: this.nextId(), at_ms: this.world.now_ms() };
    this.send({ type: "ping", id: this.pinged.id });
    this.cancelTimer = this.world.after(this.limits.silence_ms, () => {
      if (!this.heard) {
        this.giveUp();
        return;
      }
      this.cancelTimer = this.world.after(this.limits.pingEvery_ms - this.limits.silence_ms, () => {
        this.ping();
      });
    });
  }

  private giveUp(): void {
    this.connection?.close();
    this.lose(SILENT);
  }

  private lose(code: number): void {
    this.cancelTimer();
    this.connection = null;
    this.current += 1;
    this.greeted = false;
    this.pinged = null;
    const refusal = refusals.get(code);
    if (refusal !== undefined) {
      this.listener.linkChanged({ kind: "refused", code: refusal });
      return;
    }
    const delay_ms = retryDelay(this.attempt, this.world.random(), this.limits);
    this.attempt += 1;
    this.listener.linkChanged({
      kind: "waiting",
      retryAt_ms: this.world.now_ms() + delay_ms,
      attempt: this.attempt,
    });
    this.cancelTimer = this.world.after(delay_ms, () => {
      this.open();
    });
  }

  private send(message: ClientMessage): void {
    this.connection?.send(JSON.stringify(message));
  }

  private nextId(): string {
    this.serial += 1;
    return String(this.serial);
  }
}

/** Milliseconds before attempt number `attempt` (from 0); `random` from 0 to 1 cuts up to half. */
export function retryDelay(
  attempt: number,
  random: number,
  limits: Pick<DeskSocketLimits, "firstDelay_ms" | "longestDelay_ms">,
): number {
  const whole_ms = Math.min(limits.longestDelay_ms, limits.firstDelay_ms * 2 ** Math.min(attempt, 16));
  return Math.round(whole_ms * (1 - random / 2));
}
