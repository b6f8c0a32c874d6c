/** One signed-in user's desk: the state and what moves it (socket, REST, address bar). React only reads it. */

import * as api from "../api";
import type { GivenWrapUp } from "../desk/wrapUp";
import { DeskSocket, type DeskSocketWorld } from "../deskSocket";
import type { User } from "../protocol";
import type { DeskOutcome, SaleOutcome, StandingPromise } from "../protocol.gen";
import { serverNow } from "../serverClock";
import { sinceSaid_ms } from "./cards";
import { deskReducer, startingDesk, type DeskAction, type DeskState, type WatchedCall } from "./deskState";

/** Rows of the list of recent calls. */
const RECENT_CALLS = 40;

export class DeskSession {
  private state: DeskState;
  private readonly readers = new Set<() => void>();
  private socket: DeskSocket | null = null;
  /** The stored call that is being read. */
  private reading: string | null = null;
  private listedFor: string | null = null;

  constructor(
    user: User,
    private readonly world: DeskSocketWorld,
  ) {
    this.state = startingDesk(user, callInAddress());
  }

  readonly getState = (): DeskState => this.state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.readers.add(changed);
    return () => this.readers.delete(changed);
  };

  /** Connect; returns how to leave. */
  readonly start = (): (() => void) => {
    const socket = new DeskSocket(this.world, {
      linkChanged: (link) => {
        this.dispatch({ type: "link-changed", link });
      },
      received: (message, at_ms) => {
        this.dispatch({ type: "received", message, at_ms });
      },
      roundTrip: (duration_ms) => {
        this.dispatch({ type: "round-trip", duration_ms });
      },
      lastSeq: (callId) => (this.state.call?.callId === callId ? this.state.call.view.seq : 0),
    });
    this.socket = socket;
    socket.open();
    const chooseNamed = (): void => {
      const callId = callInAddress();
      if (callId !== null && callId !== this.state.call?.callId) this.choose(callId);
    };
    window.addEventListener("online", this.retry);
    window.addEventListener("hashchange", chooseNamed);
    return () => {
      window.removeEventListener("online", this.retry);
      window.removeEventListener("hashchange", chooseNamed);
      socket.close();
    };
  };

  readonly retry = (): void => {
    this.socket?.open();
  };

  /** Show a call; one that could not be read is read again. */
  readonly choose = (callId: string): void => {
    this.dispatch({ type: "call-chosen", callId });
  };

  /** Wall time on the server now, epoch milliseconds. */
  readonly serverNow = (): number => serverNow(this.state.clock, this.world.now_ms());

  /** What the user did with a prompt of the call on the screen. */
  readonly act = (promptId: string, outcome: Exclude<DeskOutcome, "shown">): void => {
    const { call } = this.state;
    if (call === null) return;
    if (outcome !== "copied") this.dispatch({ type: "outcome-reported", promptId, outcome });
    this.socket?.report(call.callId, promptId, outcome);
  };

  /** How an offer of the call on the screen ended. */
  readonly reportResult = (promptId: string, result: SaleOutcome): void => {
    const { call } = this.state;
    if (call !== null) void this.store(call, () => api.reportResult(call.callId, promptId, result));
  };

  /** A promise of an earlier call was kept, as somebody says in the call on the screen. */
  readonly settlePromise = (standing: StandingPromise): void => {
    const { call } = this.state;
    if (call !== null) void this.store(call, () => api.settlePromise(call.callId, standing));
  };

  /** Agent and customer of the call on the screen are the wrong way round: exchange them; whether that is done. */
  readonly swapLegs = async (): Promise<boolean> => {
    const { call } = this.state;
    const isExchanged = (call?.view.exchanged.length ?? 0) % 2 === 1;
    return call !== null && (await this.store(call, () => api.orderLegs(call.callId, !isExchanged)));
  };

  /** The wrap-up of the call on the screen as the user left it; whether it is stored. */
  readonly confirmWrapUp = async (given: GivenWrapUp): Promise<boolean> => {
    const { call } = this.state;
    return call !== null && (await this.store(call, () => api.confirmWrapUp(call.callId, given)));
  };

  /** A card has just been painted in a visible tab: note how long that took, and report it if it is the agent's. */
  readonly cardPainted = (promptId: string): void => {
    const { call, user, painted } = this.state;
    const card = call?.view.prompts.find(({ prompt }) => prompt.prompt_id === promptId);
    if (call === null || card === undefined || card.shown_after_ms !== null) return;
    if (painted[call.callId]?.[promptId] !== undefined) return;
    const after_ms = sinceSaid_ms(call, card, this.serverNow());
    if (after_ms === null) return;
    this.dispatch({ type: "prompt-painted", callId: call.callId, promptId, after_ms });
    if (mayAct(user)) this.socket?.report(call.callId, promptId, "shown", after_ms);
  };

  private dispatch(action: DeskAction): void {
    const before = this.state;
    this.state = deskReducer(before, action);
    if (this.state === before) return;
    this.reconcile();
    for (const changed of this.readers) changed();
  }

  /** Make the socket, the REST reads and the address bar follow the state. */
  private reconcile(): void {
    const { call, liveCalls } = this.state;
    this.socket?.watch(call?.origin === "live" ? call.callId : null);
    nameInAddress(call?.origin === "stored" ? call.callId : null);
    if (liveCalls === null) return;
    const isWanted = call?.origin === "stored" && !call.loaded && call.readFailure === null;
    if (isWanted && this.reading !== call.callId) void this.readStored(call.callId);
    const listedFor = liveCalls.map(({ call_id }) => call_id).join(" ");
    if (listedFor !== this.listedFor) {
      this.listedFor = listedFor;
      void this.readRecent();
    }
  }

  private async readStored(callId: string): Promise<void> {
    this.reading = callId;
    const read = await this.attempt(() => api.storedCall(callId));
    if (read instanceof api.ApiError) {
      this.dispatch({ type: "stored-call-failed", callId, code: read.code, message: read.message });
    } else {
      this.dispatch({ type: "stored-call-read", view: read.view });
    }
    if (this.reading === callId) this.reading = null;
  }

  /** Store something about a call; a stored one, which no socket follows, is read again. */
  private async store({ callId, origin }: WatchedCall, send: () => Promise<unknown>): Promise<boolean> {
    const stored = await this.attempt(send);
    if (stored instanceof api.ApiError) {
      this.dispatch({ type: "failed", code: stored.code, message: stored.message });
      return false;
    }
    if (origin === "stored") await this.readStored(callId);
    return true;
  }

  private async readRecent(): Promise<void> {
    const read = await this.attempt(() => api.recentCalls(RECENT_CALLS));
    if (read instanceof api.ApiError) this.dispatch({ type: "failed", code: read.code, message: read.message });
    else this.dispatch({ type: "recent-calls-read", calls: read.calls });
  }

  /** The answer, or how it failed. */
  private async attempt<T>(read: () => Promise<T>): Promise<T | api.ApiError> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof api.ApiError) return error;
      throw error;
    }
  }
}

/** Whether this user may confirm wrap-ups; the server has the last word. */
export function mayConfirm(user: User): boolean {
  return user.role !== "trainer";
}

/** Whether this user's screen is the agent's (or the demo's), so that what happens on it counts. */
export function mayAct(user: User): boolean {
  return user.role === "agent" || user.role === "admin";
}

function callInAddress(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get("call");
}

function nameInAddress(callId: string | null): void {
  const hash = callId === null ? "" : `#call=${encodeURIComponent(callId)}`;
  if (window.location.hash !== hash) history.replaceState(null, "", `${window.location.pathname}${hash}`);
}
