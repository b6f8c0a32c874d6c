/** The softphone's line on virtual time: opens, holds, resumes, hangs up, and says why it could not. */

import { beforeEach, describe, expect, test } from "vitest";

import { Line, lineLimits, type LineConnectionListener, type LineState } from "../../src/softphone/line";
import type { LineMessage, Opening } from "../../src/softphone/nativeMessages";
import { FakeWorld } from "../fakeWorld";

const opening: Opening = { media: { encoding: "pcm_s16le", rate_hz: 16_000, channels: ["agent", "customer"] } };
const FRAME = new Uint8Array(40 * 64);

type Sent = Record<string, unknown> | number;

/** One connection; sound is remembered as its bytes. */
class FakeLine {
  readonly sent: Sent[] = [];
  isGivenUp = false;
  backlog_bytes = 0;

  constructor(readonly listener: LineConnectionListener) {}

  send(message: string | Uint8Array): void {
    this.sent.push(typeof message === "string" ? (JSON.parse(message) as Record<string, unknown>) : message.length);
  }

  waiting_bytes(): number {
    return this.backlog_bytes;
  }

  close(): void {
    this.isGivenUp = true;
  }

  say(message: LineMessage): void {
    this.listener.received(JSON.stringify(message));
  }

  /** What was sent, by type; sound is "sound". Pings are left out. */
  get told(): unknown[] {
    return this.sent.map((one) => (typeof one === "number" ? "sound" : one["type"])).filter((type) => type !== "ping");
  }
}

let world: FakeWorld;
let lines: FakeLine[];
let states: LineState[];
let names: string[];
let line: Line;

const last = (): FakeLine => {
  const found = lines.at(-1);
  if (found === undefined) throw new Error("nothing has connected");
  return found;
};

function answer(): void {
  last().listener.opened();
  last().say({ type: "opened", call_id: "c1", resume_token: "t", grace_ms: 30_000 });
}

function resume(received_bytes: number): void {
  last().listener.opened();
  last().say({ type: "resumed", call_id: "c1", received_bytes, grace_ms: 30_000 });
}

beforeEach(() => {
  world = new FakeWorld();
  lines = [];
  states = [];
  names = [];
  const connect = (listener: LineConnectionListener): FakeLine => {
    lines.push(new FakeLine(listener));
    return last();
  };
  const { after, now_ms, random } = world;
  line = new Line(
    { connect, after, now_ms, random },
    { changed: (state) => states.push(state), named: (callId) => names.push(callId) },
    opening,
  );
  line.dial();
});

test("what is said before the call is open waits, and is sent after it", () => {
  line.sound(FRAME);
  last().listener.opened();
  expect(last().told).toEqual(["open"]);
  answer();
  line.sound(FRAME);
  expect(last().told.slice(-2)).toEqual(["sound", "sound"]);
  expect(names).toEqual(["c1"]);
  expect(states.at(-1)).toEqual({ kind: "open" });
});

test("a pause sends nothing, and its length is that of the sound that was not sent", () => {
  answer();
  line.hold();
  for (let frame = 0; frame < 5; frame += 1) line.sound(FRAME);
  line.unhold();
  line.sound(FRAME);
  expect(last().told).toEqual(["open", "pause", "resume-media", "sound"]);
  expect(last().sent).toContainEqual({ type: "resume-media", duration_ms: 200 });
});

test("a pause during which the connection was lost is paused again, and declared once", () => {
  answer();
  line.hold();
  line.sound(FRAME);
  last().listener.closed(1006);
  line.sound(FRAME);
  world.pass(1000);
  resume(0);
  expect(last().told).toEqual(["resume", "pause"]);
  line.unhold();
  expect(last().sent.at(-1)).toEqual({ type: "resume-media", duration_ms: 80 });
});

test("a pause that ends while the connection is lost becomes a gap", () => {
  answer();
  line.hold();
  line.sound(FRAME);
  last().listener.closed(1006);
  line.unhold();
  world.pass(1000);
  resume(0);
  expect(last().sent).toContainEqual({ type: "gap", duration_ms: 40, cause: "paused" });
});

test("hanging up sends what waits first, and the call is over when the server says so", () => {
  answer();
  line.hold();
  line.sound(FRAME);
  line.hangUp();
  line.sound(FRAME);
  expect(last().told).toEqual(["open", "pause", "resume-media", "close"]);
  last().say({ type: "closed", call_id: "c1", cause: "hangup" });
  expect(states.at(-1)).toEqual({ kind: "closed", cause: "hangup" });
  world.pass(600_000);
  expect(lines).toHaveLength(1);
});

test("sound stays here while the socket is full, is given up beyond the bound, and declared", () => {
  answer();
  last().backlog_bytes = lineLimits.socket_bytes + 1;
  const frames = lineLimits.buffer_ms / 40 + 25;
  for (let frame = 0; frame < frames; frame += 1) line.sound(FRAME);
  expect(last().told).toEqual(["open"]);
  expect(line.lost_ms).toBe(1000);
  last().backlog_bytes = 0;
  world.pass(lineLimits.lookAgain_ms);
  const [, first, ...rest] = last().sent.filter((one) => typeof one === "number" || one["type"] !== "ping");
  expect(first).toEqual({ type: "gap", duration_ms: 1000, cause: "lost" });
  expect(rest).toHaveLength(lineLimits.buffer_ms / 40);
});

describe("a lost connection", () => {
  test("is resumed where the server is, without a word twice", () => {
    answer();
    for (let frame = 0; frame < 4; frame += 1) line.sound(FRAME);
    last().listener.closed(1006);
    expect(states.at(-1)).toEqual({ kind: "waiting", attempt: 1 });
    line.sound(FRAME);
    world.pass(lineLimits.firstDelay_ms);
    resume(3 * FRAME.length);
    expect(last().sent[0]).toMatchObject({ type: "resume", call_id: "c1", resume_token: "t" });
    expect(last().told).toEqual(["resume", "sound", "sound"]);
  });

  test("is noticed by silence after a ping", () => {
    answer();
    world.pass(lineLimits.silence_ms);
    expect(last().isGivenUp).toBe(true);
    expect(states.at(-1)).toMatchObject({ kind: "waiting" });
  });

  test("is tried again while the server has not noticed it, and given up when the call waits no longer", () => {
    answer();
    last().listener.closed(1006);
    for (let attempt = 0; attempt < 60; attempt += 1) {
      world.pass(lineLimits.longestDelay_ms);
      if (states.at(-1)?.kind === "failed") break;
      last().listener.opened();
      last().say({ type: "error", code: "already-attached", message: "", fatal: true });
      last().listener.closed(4409);
    }
    expect(states.at(-1)).toMatchObject({ kind: "failed", code: "call-lost" });
    expect(world.now).toBeLessThan(60_000);
  });

  test("after hanging up is still told how the call ended", () => {
    answer();
    line.hangUp();
    last().listener.closed(1006);
    world.pass(1000);
    last().listener.opened();
    last().say({ type: "closed", call_id: "c1", cause: "hangup" });
    expect(states.at(-1)).toEqual({ kind: "closed", cause: "hangup" });
  });
});

test.each([
  ["overloaded", 1013, 5],
  ["not-permitted", 4403, null],
  ["not-authenticated", 4401, null],
])("a call that is refused with %s says so and is not tried again", (code, close, retry_after_s) => {
  last().listener.opened();
  last().say({ type: "error", code, message: "why", fatal: true, retry_after_s });
  last().listener.closed(close);
  expect(states.at(-1)).toEqual({ kind: "failed", code, message: "why", retryAfter_s: retry_after_s });
  world.pass(600_000);
  expect(lines).toHaveLength(1);
});

test("a server that cannot be reached is said to be so", () => {
  last().listener.closed(1006);
  expect(states.at(-1)).toMatchObject({ kind: "failed", code: "unreachable" });
});

test("an error that ends nothing is not taken for one", () => {
  answer();
  last().say({ type: "error", code: "unexpected-message", message: "", fatal: false });
  last().listener.closed(1006);
  expect(states.at(-1)).toMatchObject({ kind: "waiting" });
});

test("leaves no timer behind when it is dropped", () => {
  answer();
  line.drop();
  world.pass(600_000);
  expect(lines).toHaveLength(1);
  expect(last().isGivenUp).toBe(true);
});
