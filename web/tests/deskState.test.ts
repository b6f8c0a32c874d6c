/** The desk's state: which call is on the screen, what is pending, which cards are open. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { emptyView } from "../src/fold";
import type { Role, ServerMessage, User } from "../src/protocol";
import type { CallSummary } from "../src/protocol.gen";
import { arrange, isOpen, settled, sinceSaid_ms } from "../src/state/cards";
import { deskReducer, PAINTED_KEPT, startingDesk, type DeskAction, type DeskState } from "../src/state/deskState";
import { readLog, readViews } from "./golden";

const log = readLog("upgrade").map((envelope) => ({ ...envelope, call_id: "c1" }));

function userAs(role: Role): User {
  return { user_id: "u1", name: "王", role, agent_id: "agent-7" };
}

function summary(call_id: string): CallSummary {
  const [finalView] = readViews("upgrade").slice(-1);
  return {
    ...{ call_id, source: "native/1", opened_at: finalView?.opened_at ?? "", closed_at: null, cause: null },
    ...{ duration_ms: 0, agent_id: "agent-7", agent_name: "", customer_id: null, customer_name: "" },
    ...{ utterances: 0, prompts: 0, flags: 0, has_audio: false, external_id: null, playbook: "" },
    ...{ last_seq: 0, standing_flags: [] },
  };
}

function said(message: ServerMessage): DeskAction {
  return { type: "received", message, at_ms: Date.parse(log[0]?.at ?? "") };
}

function calls(...ids: string[]): DeskAction {
  return said({ type: "calls", calls: ids.map(summary) });
}

function events(until: number): DeskAction {
  return said({ type: "events", call_id: "c1", envelopes: log.slice(0, until) });
}

/** What the server sends first to a new follower. */
const snapshot = said({ type: "snapshot", call_id: "c1", view: emptyView("c1") });

function desk(role: Role, ...actions: DeskAction[]): DeskState {
  return actions.reduce(deskReducer, startingDesk(userAs(role), null));
}

describe("the call on the screen", () => {
  test("is the agent's live call as soon as there is one", () => {
    expect(desk("agent", calls()).call).toBeNull();
    expect(desk("agent", calls(), calls("c1")).call).toMatchObject({ callId: "c1", origin: "live" });
  });

  test("stays after the call ended, until the agent's next one", () => {
    const ended = desk("agent", calls("c1"), snapshot, events(log.length), calls());
    expect(ended.call).toMatchObject({ callId: "c1", view: { status: "closed" } });
    expect(deskReducer(ended, calls("c2")).call?.callId).toBe("c2");
  });

  test("is not taken from a supervisor who reads an ended one", () => {
    const ended = desk("supervisor", calls("c1", "c2"), snapshot, events(log.length), calls("c2"));
    expect(ended.call?.callId).toBe("c1");
  });

  test.each([
    ["agent", "c1"],
    ["qa", "old"],
  ] as const)("while the %s reads a stored one and a call comes in, is then %s", (role, expected) => {
    const reading = desk(role, calls(), { type: "call-chosen", callId: "old" });
    expect(deskReducer(reading, calls("c1")).call?.callId).toBe(expected);
  });

  test("stays the stored one that the agent chose during a live call", () => {
    const reading = desk("agent", calls("c1"), { type: "call-chosen", callId: "old" });
    expect(deskReducer(reading, calls("c1")).call).toMatchObject({ callId: "old", origin: "stored" });
  });

  test("is looked up in the store when it ended before it could be followed", () => {
    const late = desk("agent", calls("c1"), said({ type: "error", code: "unknown-call", message: "" }));
    expect(late.call).toMatchObject({ callId: "c1", origin: "stored", loaded: false });
    expect(late.failure).toBeNull();
  });

  test("named in the address is followed when it turns out to be live", () => {
    const named = deskReducer(startingDesk(userAs("agent"), "c2"), calls("c1", "c2"));
    expect(named.call).toMatchObject({ callId: "c2", origin: "live" });
  });

  test("ignores snapshots and events of other calls", () => {
    const state = desk("agent", calls("c1"), snapshot, events(10));
    const other = said({ type: "snapshot", call_id: "c9", view: emptyView("c9") });
    expect(deskReducer(state, other)).toBe(state);
  });

  test("waits for its snapshot: what is left of an earlier subscription is not taken for its beginning", () => {
    const back = desk("agent", calls("c1"), snapshot, events(10), { type: "call-chosen", callId: "c2" });
    const again = deskReducer(back, { type: "call-chosen", callId: "c1" });
    expect(deskReducer(again, events(12))).toBe(again);
  });

  test("that could not be read is forgiven when chosen again or when the connection returns", () => {
    const failed = desk(
      "qa",
      calls(),
      { type: "call-chosen", callId: "old" },
      { type: "stored-call-failed", callId: "old", code: "store-unavailable", message: "" },
    );
    expect(failed.call?.readFailure?.code).toBe("store-unavailable");
    expect(deskReducer(failed, { type: "call-chosen", callId: "old" }).call?.readFailure).toBeNull();
    expect(deskReducer(failed, { type: "link-changed", link: { kind: "open" } }).call?.readFailure).toBeNull();
  });
});

describe("a cue", () => {
  const offerSeq = log.findIndex(({ event }) => event.type === "prompt" && event.kind === "offer") + 1;
  const state = desk("agent", calls("c1"), snapshot, events(offerSeq));
  const card = state.call?.view.prompts.at(-1);
  const { call } = state;
  if (card === undefined || call === null) throw new Error("the golden log has no offer");
  const logged_ms = Date.parse(log[offerSeq - 1]?.at ?? "");

  test("was shown after the decision's delay plus the time since it was logged", () => {
    const { at_ms, said_ms } = card.prompt;
    expect(sinceSaid_ms(call, card, logged_ms + 90)).toBe(at_ms - said_ms + 90);
  });

  test("from a snapshot is measured from the opening of the call", () => {
    const unlogged = { ...call, promptLoggedAt: {} };
    const opened_ms = Date.parse(call.view.opened_at ?? "");
    expect(sinceSaid_ms(unlogged, card, opened_ms + card.prompt.said_ms + 800)).toBe(800);
  });

  test("is open until it expires", () => {
    const lasts_ms = card.prompt.expires_ms - card.prompt.at_ms;
    expect(isOpen(call, card, logged_ms + lasts_ms - 1)).toBe(true);
    expect(isOpen(call, card, logged_ms + lasts_ms)).toBe(false);
  });

  test("that nobody acted on is past its moment while the call goes on, and unused after it", () => {
    expect(settled(call, card).state).toBe("expired");
    expect(settled({ ...call, view: { ...call.view, status: "closed" } }, card).state).toBe("active");
  });

  test("closes at once when accepted, and opens again when that failed", () => {
    const id = card.prompt.prompt_id;
    const accepted = deskReducer(state, { type: "outcome-reported", promptId: id, outcome: "accepted" });
    expect(accepted.call && isOpen(accepted.call, card, logged_ms)).toBe(false);
    expect(accepted.call && settled(accepted.call, card).state).toBe("accepted");
    const refused = deskReducer(accepted, said({ type: "error", code: "store-unavailable", message: "" }));
    expect(refused.call && isOpen(refused.call, card, logged_ms)).toBe(true);
    expect(refused.failure?.code).toBe("store-unavailable");
  });
});

describe("which cards were painted", () => {
  function painted(callId: string, promptId: string): DeskAction {
    return { type: "prompt-painted", callId, promptId, after_ms: 300 };
  }

  test("is remembered of calls that go on and of the one on the screen", () => {
    const both = desk("qa", calls("c1", "c2"), painted("c1", "offer-1"), painted("c2", "offer-1"));
    expect(Object.keys(both.painted)).toEqual(["c1", "c2"]);
    const ended = deskReducer(both, calls());
    expect(Object.keys(ended.painted)).toEqual(["c1"]);
    expect(deskReducer(ended, { type: "call-chosen", callId: "old" }).painted).toEqual({});
  });

  test("is remembered of so many of a call and no more", () => {
    const many = Array.from({ length: PAINTED_KEPT + 1 }, (_, index) => painted("c1", `offer-${index}`));
    const kept = Object.keys(desk("qa", calls("c1"), ...many).painted["c1"] ?? {});
    expect(kept).toHaveLength(PAINTED_KEPT);
    expect(kept[0]).toBe("offer-1");
  });
});

describe("the deck", () => {
  test("puts a new card on top, or below while it is held", () => {
    expect(arrange(["a"], ["a", "b"], false)).toEqual(["b", "a"]);
    expect(arrange(["a"], ["a", "b"], true)).toEqual(["a", "b"]);
  });

  test("shows every open card once, keeps the order of those that stay, and settles", () => {
    const anyIds = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(anyIds, anyIds, fc.boolean(), (previous, open, held) => {
        const order = arrange(previous, open, held);
        expect(order.toSorted()).toEqual(open.toSorted());
        const stayed = previous.filter((id) => open.includes(id));
        expect(order.filter((id) => stayed.includes(id))).toEqual(stayed);
        expect(arrange(order, open, held)).toBe(order);
      }),
      { seed: 5 },
    );
  });
});
