// @vitest-environment happy-dom
/** The call page over a golden call, without a browser's sound. */

import { act, cleanup, configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import CallPage from "../../src/callPage/CallPage";
import type { User } from "../../src/protocol";
import type { CallView } from "../../src/protocol.gen";
import type { Route } from "../../src/route";
import { readLog, readViews } from "../golden";
import { show } from "../screen";

vi.mock("wavesurfer.js", () => ({ default: { create: () => ({ destroy: () => undefined }) } }));

const QA: User = {
  ...{ user_id: "user-1", name: "林晓", role: "qa", agent_id: null },
  permissions: ["transcript.correct", "note.write"],
};
const AGENT: User = { ...QA, role: "agent", agent_id: "1001", permissions: ["note.write"] };
const PEAKS = {
  ...{ duration_ms: 90_000, step_ms: 10 },
  parties: [
    { party: "agent", peaks: [0, 255] },
    { party: "customer", peaks: [10, 20] },
  ],
};

// A machine that is busy with other things draws the page in its own time.
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 30_000 });

let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let view: CallView;
let play: ReturnType<typeof vi.fn>;
let logged: { readonly events: unknown; readonly revealed: unknown };

function lastView(name: string): CallView {
  const last = readViews(name).at(-1);
  if (last === undefined) throw new Error("no view");
  return last;
}

beforeEach(() => {
  sent = [];
  view = lastView("upgrade");
  play = vi.fn(() => Promise.resolve());
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(play as () => Promise<void>);
  vi.stubGlobal("fetch", (url: string, { method, body }: { method: string; body?: string }) => {
    const path = url.replace("/api/v1/calls/", "");
    sent.push({ method, path, body: body === undefined ? null : JSON.parse(body) });
    const answer = path.endsWith("/peaks")
      ? PEAKS
      : path.includes("/events?")
        ? logged.events
        : path.endsWith("/reveal")
          ? logged.revealed
          : method === "GET"
            ? { call: {}, view }
            : { seq: 1 };
    return Promise.resolve(new Response(JSON.stringify(answer)));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function open(user: User = QA, asked: Partial<Route & { page: "call" }> = {}): void {
  const route = { page: "call", callId: view.call_id, ...asked } as const;
  const nothing = (): void => undefined;
  show(
    <CallPage
      user={user}
      route={route}
      theme="light"
      themeChoice="light"
      chooseTheme={nothing}
      signOut={nothing}
      sessionEnded={nothing}
    />,
  );
}

function changes(): typeof sent {
  return sent.filter(({ method }) => method !== "GET");
}

/** A desk server that says what it is told, to the last page that connected. */
class FakeSocket {
  static last: FakeSocket | null = null;
  readonly sent: string[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    FakeSocket.last = this;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.onmessage = null;
  }

  say(message: unknown): void {
    act(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }
}

describe("the call page", () => {
  test("opens at the evidence of the flag in its address, which says why, and plays there", async () => {
    const flag = view.flags.find(({ verdict, because }) => verdict !== "met" && because.evidence.length > 0);
    if (flag === undefined) throw new Error("no flag");
    open(QA, { flagId: flag.flag_id });
    await waitFor(() => {
      expect(play).toHaveBeenCalled();
    });
    expect(within(screen.getByTestId(`flag-${flag.flag_id}`)).getByTestId("because").textContent).toContain(
      flag.because.reason,
    );
    const lit = flag.because.evidence[0]?.utterance_id ?? "";
    expect(screen.getByTestId(`line-${lit}`).querySelector("[data-lit=true]")).not.toBeNull();
  });

  test("plays a flag's evidence when it is asked why", async () => {
    const flag = view.flags.find(({ verdict }) => verdict !== "met");
    open();
    await screen.findByTestId("play");
    const row = screen.getByTestId(`flag-${flag?.flag_id ?? ""}`);
    fireEvent.click(within(row).getByRole("button"));
    expect(within(row).getByTestId("because")).toBeDefined();
    expect(play).toHaveBeenCalledTimes(1);
  });

  test("plays a word that is clicked, and what a mark of the timeline stands for", async () => {
    open();
    const [line] = view.lines;
    if (line === undefined) throw new Error("no line");
    const words = await screen.findByTestId(`line-${line.utterance_id}`);
    await screen.findByTestId("play");
    fireEvent.mouseEnter(words.querySelector("p > span") as HTMLElement);
    const [word] = within(words).getAllByText(Array.from(line.text)[0] ?? "");
    fireEvent.click(word as HTMLElement);
    expect(play).toHaveBeenCalledTimes(1);
    const [mark] = within(screen.getByTestId("lane-flags")).getAllByRole("button");
    fireEvent.click(mark as HTMLElement);
    expect(play).toHaveBeenCalledTimes(2);
  });

  test("puts a line right by what its reader writes", async () => {
    open();
    const [line] = view.lines;
    if (line === undefined) throw new Error("no line");
    fireEvent.click(await screen.findByTestId(`correct-${line.utterance_id}`));
    const form = screen.getByTestId("correction-form");
    fireEvent.change(within(form).getByRole("textbox"), { target: { value: "您好，请讲。" } });
    fireEvent.submit(form);
    await waitFor(() => {
      expect(changes()).toEqual([
        {
          method: "POST",
          path: `${view.call_id}/corrections`,
          body: { utterance_id: line.utterance_id, text: "您好，请讲。" },
        },
      ]);
    });
    await waitFor(() => {
      expect(screen.queryByTestId("correction-form")).toBeNull();
    });
  });

  test("shows what was put right, by whom, and the original on demand", async () => {
    view = lastView("remarks");
    open();
    const corrected = await screen.findByTestId("corrected-u1");
    expect(corrected.textContent).toContain("赵敏");
    const line = screen.getByTestId("line-u1");
    expect(line.textContent).toContain("我要办个流量包");
    fireEvent.click(within(corrected).getByRole("button"));
    expect(line.textContent).toContain("我要办流量宝");
  });

  test("keeps notes by position; only who left one may take it away", async () => {
    view = lastView("remarks");
    open();
    fireEvent.click(await screen.findByText(/^备注 \d/));
    const notes = screen.getByTestId("notes");
    expect(within(notes).getAllByRole("listitem")).toHaveLength(view.notes.length);
    const own = view.notes.filter(({ by }) => by === QA.user_id).length;
    expect(within(notes).getAllByLabelText("删除这条备注")).toHaveLength(own);
    fireEvent.change(screen.getByTestId("note-text"), { target: { value: "先报价格" } });
    fireEvent.click(screen.getByTestId("leave-note"));
    await waitFor(() => {
      expect(changes()[0]).toMatchObject({ path: `${view.call_id}/notes`, body: { at_ms: 0, text: "先报价格" } });
    });
  });

  test("takes masks off once a reason is given, and puts them back", async () => {
    const log = readLog("upgrade");
    const said = log.find(({ event }) => event.type === "utterance");
    if (said?.event.type !== "utterance") throw new Error("no utterance");
    const event = { ...said.event, text: "我叫欧阳雪梅", display_text: "我叫欧阳雪梅", words: [], rewrites: [] };
    logged = { events: { envelopes: log, next: null }, revealed: { envelopes: [{ ...said, event }], next: null } };
    open({ ...QA, permissions: ["private.reveal"] });
    fireEvent.click(await screen.findByTestId("reveal"));
    fireEvent.change(await screen.findByTestId("reveal-reason"), { target: { value: "投诉复核" } });
    const ok = document.querySelector<HTMLButtonElement>(".ant-modal-footer .ant-btn-primary");
    if (ok) fireEvent.click(ok);
    await screen.findByText(/欧阳雪梅/);
    const [look] = sent.filter(({ path }) => path.endsWith("/reveal"));
    expect(look?.body).toMatchObject({ reason: "投诉复核" });
    expect((look?.body as { seqs: number[] }).seqs).toContain(said.seq);
    fireEvent.click(screen.getByTestId("reveal"));
    await waitFor(() => {
      expect(screen.queryByText(/欧阳雪梅/)).toBeNull();
    });
  });

  test("shows nobody else how to take masks off", async () => {
    open(QA);
    await screen.findByTestId("transcript");
    expect(screen.queryByTestId("reveal")).toBeNull();
  });

  test("lets agents put no lines right", async () => {
    open(AGENT);
    const [line] = view.lines;
    await screen.findByTestId(`line-${line?.utterance_id ?? ""}`);
    expect(screen.queryByTestId(`correct-${line?.utterance_id ?? ""}`)).toBeNull();
  });

  test("hands on a link to the position that is heard", async () => {
    const written = vi.fn(() => Promise.resolve());
    vi.stubGlobal("isSecureContext", true);
    Object.defineProperty(navigator, "clipboard", { value: { writeText: written }, configurable: true });
    open(QA, { at_ms: 12_500 });
    await screen.findByTestId("play");
    fireEvent.click(screen.getByTestId("share"));
    expect(written).toHaveBeenCalledWith(`${window.location.origin}/calls/${view.call_id}?at=12500`);
  });

  test("follows a call that goes on, without its sound", async () => {
    vi.stubGlobal("WebSocket", FakeSocket);
    const [first, ...later] = readViews("remarks");
    const final = later.find(({ lines }) => lines.length === 1);
    if (first === undefined || final === undefined) throw new Error("no view");
    view = first;
    open();
    expect((await screen.findByTestId("silent")).textContent).toBe("通话进行中，结束后可听录音");
    FakeSocket.last?.say({ type: "hello", version: 1, user: QA, server: { name: "test", version: "0" } });
    expect(FakeSocket.last?.sent.join()).toContain("subscribe");
    FakeSocket.last?.say({ type: "snapshot", call_id: view.call_id, view: final });
    expect((await screen.findByTestId("line-u1")).textContent).toContain("我要办流量宝");
    expect(sent.some(({ path }) => path.endsWith("/peaks"))).toBe(false);
  });
});
