/** The desk's socket on virtual time: resume, back-off, outcomes that survive a dropped connection. */

import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { defaultLimits, DeskSocket, retryDelay, type Link } from "../src/deskSocket";
import type { ServerMessage } from "../src/protocol";
import { FakeWorld, hello } from "./fakeWorld";

const noop = (): void => undefined;

let world: FakeWorld;
let links: Link[];
let roundTrips: number[];
let heard: ServerMessage[];
let seqs: Map<string, number>;
let socket: DeskSocket;

beforeEach(() => {
  world = new FakeWorld();
  links = [];
  roundTrips = [];
  heard = [];
  seqs = new Map();
  const listener = {
    linkChanged: (link: Link) => links.push(link),
    received: (message: ServerMessage) => heard.push(message),
    roundTrip: (duration_ms: number) => roundTrips.push(duration_ms),
    lastSeq: (callId: string) => seqs.get(callId) ?? 0,
  };
  socket = new DeskSocket(world, listener);
  socket.open();
});

describe("following a call", () => {
  test("asks for a snapshot the first time and only for what is new after a reconnect", () => {
    socket.watch("c1");
    world.last.say(hello);
    expect(world.last.sentOf("subscribe")).toEqual([{ type: "subscribe", call_id: "c1" }]);
    seqs.set("c1", 41);
    world.last.closed(1006);
    world.pass(defaultLimits.firstDelay_ms);
    world.last.say(hello);
    expect(world.connections).toHaveLength(2);
    expect(world.last.sentOf("subscribe")).toEqual([{ type: "subscribe", call_id: "c1", after: 41 }]);
  });

  test("is left when another call is chosen", () => {
    world.last.say(hello);
    socket.watch("c1");
    socket.watch("c1");
    socket.watch("c2");
    socket.watch(null);
    expect(world.last.sentOf("subscribe").map((message) => "call_id" in message && message.call_id)).toEqual([
      "c1",
      "c2",
    ]);
    expect(world.last.sentOf("unsubscribe")).toHaveLength(1);
  });
});

describe("an abandoned connection", () => {
  const late: ServerMessage = { type: "calls", calls: [] };

  test("that was silent is closed before the next one is opened, and not heard any more", () => {
    const [first] = world.connections;
    first?.say(hello);
    world.pass(defaultLimits.silence_ms);
    expect(first?.isGivenUp).toBe(true);
    expect(world.connections).toHaveLength(1);
    world.pass(defaultLimits.firstDelay_ms);
    world.last.say(hello);
    heard = [];
    first?.say(late);
    first?.closed(1006);
    expect(heard).toEqual([]);
    expect(links.at(-1)).toEqual({ kind: "open" });
    expect(world.connections).toHaveLength(2);
  });

  test("of a desk that was left is not heard any more", () => {
    world.last.say(hello);
    socket.close();
    heard = [];
    world.last.say(late);
    world.last.closed(1006);
    world.pass(600_000);
    expect(heard).toEqual([]);
    expect(world.connections).toHaveLength(1);
  });

  test("never talks over another: at most one is open at a time, whatever happens", () => {
    const anyStep = fc.constantFrom("greet", "drop", "retry", "wait", "long wait");
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const own = new FakeWorld();
        const dropped = new Set<unknown>();
        const listener = { linkChanged: noop, received: noop, roundTrip: noop, lastSeq: () => 0 };
        const fresh = new DeskSocket(own, listener);
        fresh.open();
        for (const step of steps) {
          if (step === "greet" && !own.last.isGivenUp && !dropped.has(own.last)) own.last.say(hello);
          if (step === "drop") {
            dropped.add(own.last);
            own.last.closed(1006);
          }
          if (step === "retry") fresh.open();
          if (step === "wait") own.pass(300);
          if (step === "long wait") own.pass(20_000);
          const open = own.connections.filter((each) => !each.isGivenUp && !dropped.has(each));
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 12 },
    );
  });
});

describe("a lost connection", () => {
  test("is tried again after growing delays until the server greets", () => {
    for (const wait_ms of [400, 800, 1600]) {
      world.last.closed(1006);
      expect(links.at(-1)).toMatchObject({ kind: "waiting", retryAt_ms: world.now + wait_ms });
      world.pass(wait_ms);
    }
    world.last.say(hello);
    world.last.closed(1012);
    expect(links.at(-1)).toMatchObject({ kind: "waiting", attempt: 1, retryAt_ms: world.now + 400 });
  });

  test("is tried at once on demand, and only once", () => {
    world.last.closed(1006);
    socket.open();
    socket.open();
    world.pass(defaultLimits.greeting_ms - 1);
    expect(world.connections).toHaveLength(2);
  });

  test("is given up when the server does not greet in time", () => {
    world.pass(defaultLimits.greeting_ms);
    expect(world.last.isGivenUp).toBe(true);
    expect(links.at(-1)).toMatchObject({ kind: "waiting", attempt: 1 });
  });

  test("is noticed by silence after a ping", () => {
    world.last.say(hello);
    const first = world.last;
    world.pass(defaultLimits.silence_ms);
    expect(first.isGivenUp).toBe(true);
    expect(links.at(-1)?.kind).toBe("waiting");
  });

  test("is not suspected while pongs come, whose round trip is measured", () => {
    world.last.say(hello);
    for (let turn = 0; turn < 5; turn += 1) {
      const ping = world.last.sentOf("ping").at(-1);
      world.pass(30);
      if (ping?.type === "ping") world.last.say({ type: "pong", id: ping.id });
      world.pass(defaultLimits.pingEvery_ms - 30);
    }
    expect(world.connections).toHaveLength(1);
    expect(roundTrips).toEqual([30, 30, 30, 30, 30]);
  });

  test.each([
    [4401, "not-authenticated"],
    [4403, "foreign-origin"],
  ] as const)("is final with close code %i", (closeCode, code) => {
    world.last.closed(closeCode);
    world.pass(600_000);
    expect(links.at(-1)).toEqual({ kind: "refused", code });
    expect(world.connections).toHaveLength(1);
  });

  test("leaves no timer behind when the desk is closed", () => {
    world.last.say(hello);
    socket.close();
    world.pass(600_000);
    expect(world.connections).toHaveLength(1);
  });
});

describe("an outcome", () => {
  test("is sent again after a reconnect until it is answered", () => {
    world.last.say(hello);
    socket.report("c1", "p1", "shown", 640);
    const [first] = world.last.sentOf("outcome");
    world.last.closed(1006);
    socket.report("c1", "p1", "accepted");
    world.pass(defaultLimits.firstDelay_ms);
    world.last.say(hello);
    const again = world.last.sentOf("outcome");
    expect(again).toMatchObject([first, { outcome: "accepted" }]);
    for (const message of again) {
      if (message.type === "outcome") world.last.say({ type: "outcome-stored", id: message.id, seq: 9 });
    }
    world.last.closed(1006);
    world.pass(defaultLimits.firstDelay_ms);
    world.last.say(hello);
    expect(world.last.sentOf("outcome")).toEqual([]);
  });

  test("that was refused is not repeated", () => {
    world.last.say(hello);
    socket.report("c1", "p9", "accepted");
    const [message] = world.last.sentOf("outcome");
    if (message?.type === "outcome")
      world.last.say({ type: "error", code: "unknown-prompt", message: "", id: message.id });
    world.last.closed(1006);
    world.pass(defaultLimits.firstDelay_ms);
    world.last.say(hello);
    expect(world.last.sentOf("outcome")).toEqual([]);
  });

  test("waits with at most the bounded number of others", () => {
    for (let index = 0; index < defaultLimits.unansweredOutcomes + 5; index += 1)
      socket.report("c1", `p${index}`, "copied");
    world.last.say(hello);
    expect(world.last.sentOf("outcome")).toHaveLength(defaultLimits.unansweredOutcomes);
    expect(world.last.sentOf("outcome")[0]).toMatchObject({ prompt_id: "p5" });
  });
});

test("a retry waits between half and all of the doubled delay, and never longer than the longest", () => {
  const anyRandom = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.nat(2000), anyRandom, (attempt, random) => {
      const whole_ms = Math.min(defaultLimits.longestDelay_ms, defaultLimits.firstDelay_ms * 2 ** attempt);
      const delay_ms = retryDelay(attempt, random, defaultLimits);
      expect(delay_ms).toBeGreaterThanOrEqual(Math.floor(whole_ms / 2));
      expect(delay_ms).toBeLessThanOrEqual(whole_ms);
    }),
    { seed: 11 },
  );
});
