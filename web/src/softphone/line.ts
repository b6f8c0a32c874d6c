/**
 * The softphone's line to the server: opens a call, sends its sound, resumes after a drop, hangs up.
 *
 * The socket, timers and randomness are passed in, so tests run on virtual time. Sound may come before the call is open
 * and while the connection is lost; it waits in a bounded buffer.
 */

import { retryDelay } from "../deskSocket";
import type { ErrorMessage, LineMessage, Opening } from "./nativeMessages";
import { SoundBuffer } from "./soundBuffer";

export type LineState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "waiting"; readonly attempt: number }
  | { readonly kind: "closed"; readonly cause: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly retryAfter_s: number | null };

/** A connection, open or opening. */
export interface LineConnection {
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Bytes that were given to `send` and have not left yet. */
  waiting_bytes(): number;
  /** Give it up; it reports nothing from then on. */
  close(): void;
}

export interface LineConnectionListener {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

export interface LineWorld {
  connect(listener: LineConnectionListener): LineConnection;
  /** Run `action` after a delay; returns how to cancel it. */
  after(delay_ms: number, action: () => void): () => void;
  now_ms(): number;
  /** 0 to 1. */
  random(): number;
}

export interface LineListener {
  changed(state: LineState): void;
  /** The server knows the call under this id. */
  named(callId: string): void;
}

export interface LineLimits {
  readonly firstDelay_ms: number;
  readonly longestDelay_ms: number;
  /** How long the server may take to answer `open` or `resume`, the connection's own set-up included. */
  readonly answer_ms: number;
  readonly pingEvery_ms: number;
  /** A connection on which nothing arrives for this long after a ping is given up. */
  readonly silence_ms: number;
  /** Sound that waits here or may still have to be sent again; beyond it the oldest is declared lost. */
  readonly buffer_ms: number;
  /** Sound that waits in the socket itself; more stays in the buffer, where it can still be given up. */
  readonly socket_bytes: number;
  readonly lookAgain_ms: number;
}

export const lineLimits: LineLimits = {
  firstDelay_ms: 300,
  longestDelay_ms: 3_000,
  answer_ms: 10_000,
  pingEvery_ms: 10_000,
  silence_ms: 5_000,
  buffer_ms: 20_000,
  socket_bytes: 65_536,
  lookAgain_ms: 100,
};

/** After these `resume` is worth another try: the server may not have noticed the drop yet. */
const RETRIED = new Set(["already-attached", "internal-error", "idle-timeout", "subscriber-too-slow", "not-serving"]);

export class Line {
  private connection: LineConnection | null = null;
  /** Numbers the connections: what an abandoned one still reports is not heard. */
  private current = 0;
  private call: { readonly id: string; readonly token: string; readonly grace_ms: number } | null = null;
  /** Whether the server has taken us in on this connection. */
  private admitted = false;
  private attempt = 0;
  private dropped_ms: number | null = null;
  private failure: ErrorMessage | null = null;
  private isOver = false;
  private hangingUp = false;
  private closeSent = false;
  private isHeld = false;
  private held_ms = 0;
  private pauseSent = false;
  private heard = false;
  private serial = 0;
  private cancelTimer: () => void = () => undefined;
  private cancelLook: (() => void) | null = null;
  private readonly buffer: SoundBuffer;
  private readonly bytesPerMs: number;

  constructor(
    private readonly world: LineWorld,
    private readonly listener: LineListener,
    private readonly opening: Opening,
    private readonly limits: LineLimits = lineLimits,
  ) {
    this.bytesPerMs = (opening.media.rate_hz * 2 * opening.media.channels.length) / 1000;
    this.buffer = new SoundBuffer(this.bytesPerMs, limits.buffer_ms);
  }

  /** Sound that could not be sent in time and was declared lost. */
  get lost_ms(): number {
    return this.buffer.lost_ms;
  }

  dial(): void {
    this.connect();
  }

  /** What was said next on all channels; while the call is held only its length counts. */
  sound(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.isOver || this.hangingUp) return;
    if (this.isHeld) this.held_ms += bytes.length / this.bytesPerMs;
    else this.buffer.pushSound(bytes);
    this.pump();
  }

  /** Send nothing until the call is taken up again; the pause is declared. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.held_ms = 0;
    this.pump();
  }

  unhold(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.buffer.pushGap(Math.max(1, this.held_ms), "paused");
    this.pump();
  }

  /** End the call once everything is sent. */
  hangUp(): void {
    if (this.isOver || this.hangingUp) return;
    this.unhold();
    this.hangingUp = true;
    if (this.call === null) this.end({ kind: "closed", cause: "hangup" });
    else this.pump();
  }

  /** Leave at once; the server ends the call by itself when nobody resumes it. */
  drop(): void {
    this.isOver = true;
    this.letGo();
  }

  // --- the connection ---

  private connect(): void {
    this.letGo();
    if (this.call === null) this.listener.changed({ kind: "connecting" });
    const opened = this.current;
    const isCurrent = (): boolean => opened === this.current;
    this.connection = this.world.connect({
      opened: () => {
        if (isCurrent()) this.greet();
      },
      received: (text) => {
        if (isCurrent()) this.receive(JSON.parse(text) as LineMessage);
      },
      closed: () => {
        if (isCurrent()) this.lose();
      },
    });
    this.cancelTimer = this.world.after(this.limits.answer_ms, () => {
      this.lose();
    });
  }

  private greet(): void {
    const { call } = this;
    if (call === null) this.send({ type: "open", version: 1, ...this.opening });
    else this.send({ type: "resume", version: 1, call_id: call.id, resume_token: call.token });
  }

  private receive(message: LineMessage): void {
    this.heard = true;
    switch (message.type) {
      case "opened":
        this.call = { id: message.call_id, token: message.resume_token, grace_ms: message.grace_ms };
        this.listener.named(message.call_id);
        this.takenIn();
        break;
      case "resumed":
        this.buffer.resume(message.received_bytes);
        this.takenIn();
        break;
      case "ack":
        this.buffer.arrived(message.received_bytes);
        break;
      case "error":
        if (message.fatal ?? true) this.failure = message;
        break;
      case "closed":
        this.end({ kind: "closed", cause: message.cause });
        break;
      case "paused":
      case "media-resumed":
      case "pong":
    }
  }

  private takenIn(): void {
    this.cancelTimer();
    this.admitted = true;
    this.attempt = 0;
    this.dropped_ms = null;
    this.failure = null;
    this.closeSent = false;
    this.pauseSent = false;
    this.listener.changed({ kind: "open" });
    this.ping();
    this.pump();
  }

  private ping(): void {
    this.heard = false;
    this.serial += 1;
    this.send({ type: "ping", id: String(this.serial) });
    this.cancelTimer = this.world.after(this.limits.silence_ms, () => {
      if (!this.heard) {
        this.lose();
        return;
      }
      this.cancelTimer = this.world.after(this.limits.pingEvery_ms - this.limits.silence_ms, () => {
        this.ping();
      });
    });
  }

  /** The connection is gone: try again while the server keeps the call, or say why it is over. */
  private lose(): void {
    const { call, failure } = this;
    this.letGo();
    this.failure = null;
    if (failure !== null && (call === null || !RETRIED.has(failure.code))) {
      if (failure.code === "unknown-call" && this.hangingUp) this.end({ kind: "closed", cause: "hangup" });
      else this.fail(failure.code, failure.message, failure.retry_after_s ?? null);
      return;
    }
    if (call === null) {
      this.fail("unreachable", "", null);
      return;
    }
    const now_ms = this.world.now_ms();
    this.dropped_ms ??= now_ms;
    const delay_ms = retryDelay(this.attempt, this.world.random(), this.limits);
    if (now_ms + delay_ms - this.dropped_ms > call.grace_ms) {
      this.fail("call-lost", "", null);
      return;
    }
    this.attempt += 1;
    this.listener.changed({ kind: "waiting", attempt: this.attempt });
    this.cancelTimer = this.world.after(delay_ms, () => {
      this.connect();
    });
  }

  private letGo(): void {
    this.cancelTimer();
    this.cancelLook?.();
    this.cancelLook = null;
    this.connection?.close();
    this.connection = null;
    this.current += 1;
    this.admitted = false;
  }

  private fail(code: string, message: string, retryAfter_s: number | null): void {
    this.end({ kind: "failed", code, message, retryAfter_s });
  }

  private end(state: LineState): void {
    if (this.isOver) return;
    this.isOver = true;
    this.letGo();
    this.listener.changed(state);
  }

  // --- sound ---

  /** Send what waits, as far as the socket takes it. */
  private pump(): void {
    if (!this.admitted || this.connection === null || this.closeSent) return;
    while (!this.buffer.isEmpty) {
      if (this.connection.waiting_bytes() > this.limits.socket_bytes) {
        this.lookAgain();
        return;
      }
      this.sendNext();
    }
    if (this.isHeld && !this.pauseSent) {
      this.pauseSent = true;
      this.send({ type: "pause" });
    }
    if (this.hangingUp) {
      this.closeSent = true;
      this.send({ type: "close" });
    }
  }

  private sendNext(): void {
    const piece = this.buffer.take();
    if (piece === null) return;
    if (piece.kind === "sound") {
      this.connection?.send(piece.bytes);
    } else if (piece.cause === "paused" && this.pauseSent) {
      this.pauseSent = false;
      this.send({ type: "resume-media", duration_ms: piece.ms });
    } else {
      this.send({ type: "gap", duration_ms: piece.ms, cause: piece.cause });
    }
  }

  private lookAgain(): void {
    this.cancelLook ??= this.world.after(this.limits.lookAgain_ms, () => {
      this.cancelLook = null;
      this.pump();
    });
  }

  private send(message: object): void {
    this.connection?.send(JSON.stringify(message));
  }
}
