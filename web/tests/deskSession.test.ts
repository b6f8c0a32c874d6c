// @vitest-environment happy-dom
/** What moves the desk: which call it shows, where it reads it, and what it does when that fails. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { emptyView } from "../src/fold";
import type { ServerMessage } from "../src/protocol";
import type { CallEvent, CallSummary, CallView } from "../src/protocol.gen";
import { DeskSession } from "../src/state/deskSession";
import { FakeWorld, hello, user } from "./fakeWorld";
import { readLog } from "./golden";

type Answer = { readonly view: CallView } | { readonly error: string } | "unreachable";

const opened_at = "2026-03-02T01:00:00.000Z";
let world: FakeWorld;
let session: DeskSession;
let stop: () => void;
/** Answers of the store by call id; a call without one is unknown. */
let stored: Map<string, Answer>;
let reads: string[];

beforeEach(() => {
  // Unlike an assignment, this tells no listener.
  history.replaceState(null, "", window.location.pathname);
  stored = new Map();
  reads = [];
  vi.stubGlobal("fetch", (address: string) => answerTo(address));
  world = new FakeWorld();
  session = new DeskSession(user, world);
  stop = session.start();
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

function answerTo(address: string): Promise<Response> {
  const callId = /^\/api\/v1\/calls\/([^?]+)$/.exec(address)?.[1];
  if (callId === undefined) return Promise.resolve(Response.json({ calls: [], next: null }));
  reads.push(callId);
  const answer = stored.get(callId) ?? { error: "unknown-call" };
  if (answer === "unreachable") return Promise.reject(new TypeError("Failed to fetch"));
  if ("view" in answer) return Promise.resolve(Response.json({ call: {}, view: answer.view }));
  return Promise.resolve(Response.json({ error: { code: answer.error, message: "" } }, { status: 503 }));
}

/** Let the answers of the store arrive. */
async function settle(): Promise<void> {
  await vi.waitFor(() => {
    const { call } = session.getState();
    expect(call?.loaded === true || call?.readFailure !== null).toBe(true);
  });
}

function closedCall(call_id: string): CallView {
  return { ...emptyView(call_id), status: "closed", opened_at };
}

function greet(...liveIds: string[]): void {
  world.last.say(hello);
  world.last.say({ type: "calls", calls: liveIds.map((call_id) => ({ call_id }) as CallSummary) });
}

function snapshotOf(call_id: string, seq = 0): ServerMessage {
  return { type: "snapshot", call_id, view: { ...emptyView(call_id), status: "live", opened_at, seq } };
}

function shown(): { callId: string; origin: string; loaded: boolean } | null {
  const { call } = session.getState();
  return call && { callId: call.callId, origin: call.origin, loaded: call.loaded };
}

describe("the call on the screen", () => {
  test("is followed over the socket while it is live", () => {
    greet("c1");
    expect(world.last.sentOf("subscribe")).toEqual([{ type: "subscribe", call_id: "c1" }]);
    world.last.say(snapshotOf("c1"));
    expect(shown()).toEqual({ callId: "c1", origin: "live", loaded: true });
    expect(reads).toEqual([]);
  });

  test("continues after a reconnect where the fold stands", () => {
    greet("c1");
    world.last.say(snapshotOf("c1", 41));
    world.last.closed(1006);
    world.pass(60_000);
    greet("c1");
    expect(world.last.sentOf("subscribe")).toEqual([{ type: "subscribe", call_id: "c1", after: 41 }]);
    expect(shown()).toMatchObject({ callId: "c1", loaded: true });
  });

  test("is read from the store when it is over, and named in the address", async () => {
    stored.set("old", { view: closedCall("old") });
    greet("c1");
    session.choose("old");
    await settle();
    expect(shown()).toEqual({ callId: "old", origin: "stored", loaded: true });
    expect(window.location.hash).toBe("#call=old");
    expect(world.last.sentOf("unsubscribe")).toHaveLength(1);
  });

  test("can be switched to a live one and back, each time with fresh content", async () => {
    stored.set("old", { view: closedCall("old") });
    greet("c1");
    session.choose("old");
    await settle();
    session.choose("c1");
    expect(shown()).toEqual({ callId: "c1", origin: "live", loaded: false });
    expect(window.location.hash).toBe("");
    session.choose("old");
    await settle();
    expect(shown()).toEqual({ callId: "old", origin: "stored", loaded: true });
    expect(reads).toEqual(["old", "old"]);
  });

  test("falls back to the store when it ended before it could be followed", async () => {
    stored.set("c1", { view: closedCall("c1") });
    greet("c1");
    world.last.say({ type: "error", code: "unknown-call", message: "" });
    await settle();
    expect(shown()).toEqual({ callId: "c1", origin: "stored", loaded: true });
  });

  test("is the one named in the address", async () => {
    stored.set("old", { view: closedCall("old") });
    stop();
    history.replaceState(null, "", "#call=old");
    session = new DeskSession(user, world);
    stop = session.start();
    greet();
    await settle();
    expect(shown()).toEqual({ callId: "old", origin: "stored", loaded: true });
  });

  test("is not replaced by an answer about the one chosen before it", async () => {
    stored.set("slow", { view: closedCall("slow") });
    stored.set("next", { view: closedCall("next") });
    greet();
    session.choose("slow");
    session.choose("next");
    await settle();
    expect(shown()).toEqual({ callId: "next", origin: "stored", loaded: true });
  });
});

describe("a stored call that could not be read", () => {
  test.each([
    ["unreachable", "unreachable"],
    [{ error: "store-unavailable" }, "store-unavailable"],
  ] as const)("says why (%o) and is read again when asked", async (answer, code) => {
    stored.set("old", answer);
    greet();
    session.choose("old");
    await settle();
    expect(session.getState().call?.readFailure?.code).toBe(code);
    expect(reads).toEqual(["old"]);
    stored.set("old", { view: closedCall("old") });
    session.choose("old");
    await settle();
    expect(shown()).toEqual({ callId: "old", origin: "stored", loaded: true });
  });

  test("is read again when the connection returns", async () => {
    stored.set("old", "unreachable");
    greet();
    session.choose("old");
    await settle();
    stored.set("old", { view: closedCall("old") });
    world.last.closed(1006);
    world.pass(60_000);
    greet();
    await settle();
    expect(shown()).toEqual({ callId: "old", origin: "stored", loaded: true });
  });
});

describe("a cue", () => {
  const log = readLog("upgrade");
  const index = log.findIndex(({ event }) => event.type === "prompt" && event.arm === "shown");
  const envelope = log[index];
  if (envelope?.event.type !== "prompt") throw new Error("the golden log has no cue");
  const { call_id, event } = envelope;

  beforeEach(() => {
    greet(call_id);
    world.last.say({ type: "snapshot", call_id, view: { ...emptyView(call_id), seq: envelope.seq - 1 } });
    world.last.say({ type: "events", call_id, envelopes: [envelope] });
  });

  test("is reported as shown once, with the time since the words", () => {
    session.cardPainted(event.prompt_id);
    session.cardPainted(event.prompt_id);
    const reports = world.last.sentOf("outcome");
    expect(reports).toMatchObject([{ call_id, prompt_id: event.prompt_id, outcome: "shown" }]);
    const [report] = reports;
    expect(report && "shown_after_ms" in report && report.shown_after_ms).toBeGreaterThanOrEqual(0);
  });

  /** Calls in which the cue was reported as shown, one for each report. */
  function reportedIn(): string[] {
    return world.last.sentOf("outcome").flatMap((report) => ("call_id" in report ? [report.call_id] : []));
  }

  function follows(callId: string, seq: number, next: CallEvent): void {
    const envelopes = [{ call_id: callId, seq, at: opened_at, event: next }];
    world.last.say({ type: "events", call_id: callId, envelopes });
  }

  test("of the next call is reported too, though its id is the same", () => {
    session.cardPainted(event.prompt_id);
    world.last.say({ type: "calls", calls: [call_id, "c2"].map((id) => ({ call_id: id }) as CallSummary) });
    session.choose("c2");
    world.last.say(snapshotOf("c2"));
    follows("c2", 1, event);
    session.cardPainted(event.prompt_id);
    expect(reportedIn()).toEqual([call_id, "c2"]);
  });

  test("of a live call that is chosen again is not reported again, and keeps its time", () => {
    session.cardPainted(event.prompt_id);
    const { painted, call } = session.getState();
    if (call === null) throw new Error("no call is on the screen");
    world.last.say({ type: "calls", calls: [call_id, "c2"].map((id) => ({ call_id: id }) as CallSummary) });
    session.choose("c2");
    session.choose(call_id);
    world.last.say({ type: "snapshot", call_id, view: call.view });
    session.cardPainted(event.prompt_id);
    expect(reportedIn()).toEqual([call_id]);
    expect(session.getState().painted).toEqual(painted);
  });

  test("that is withdrawn and shown again is reported again", () => {
    session.cardPainted(event.prompt_id);
    follows(call_id, envelope.seq + 1, {
      type: "prompt-updated",
      ...{ prompt_id: event.prompt_id, at_ms: event.at_ms, state: "withdrawn", reason: "" },
    });
    follows(call_id, envelope.seq + 2, event);
    session.cardPainted(event.prompt_id);
    expect(reportedIn()).toEqual([call_id, call_id]);
  });

  test("that its final confirms is not reported again", () => {
    session.cardPainted(event.prompt_id);
    follows(call_id, envelope.seq + 1, { ...event, from_partial: false });
    session.cardPainted(event.prompt_id);
    expect(reportedIn()).toEqual([call_id]);
  });

  test("leaves when accepted, before the server has answered", () => {
    session.act(event.prompt_id, "accepted");
    expect(session.getState().call?.pending).toEqual({ [event.prompt_id]: "accepted" });
    expect(world.last.sentOf("outcome")).toMatchObject([{ prompt_id: event.prompt_id, outcome: "accepted" }]);
  });
});
