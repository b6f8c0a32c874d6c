// @vitest-environment happy-dom
/** The cues: what each button and key does, and what is said to those who do not see. */

import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { PromptColumn } from "../src/desk/PromptColumn";
import { emptyView } from "../src/fold";
import type { Role } from "../src/protocol";
import type { CallView, PromptCard } from "../src/protocol.gen";
import type { DeskSession } from "../src/state/deskSession";
import { startingDesk, type DeskState, type WatchedCall } from "../src/state/deskState";
import { user } from "./fakeWorld";
import { readViews } from "./golden";
import { show } from "./screen";

const golden = readViews("upgrade").at(-1)?.prompts[0];
if (golden === undefined) throw new Error("the golden log has no cue");
const { prompt } = golden;

const acted = vi.fn<(promptId: string, outcome: string) => void>();
const painted = vi.fn<(promptId: string) => void>();
const shone = vi.fn();
const copied = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
const session = { serverNow: () => 0, act: acted, cardPainted: painted } as unknown as DeskSession;

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("isSecureContext", true);
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(copied);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function card(prompt_id: string, change: Partial<PromptCard> = {}): PromptCard {
  const own = { ...prompt, prompt_id, title: `标题 ${prompt_id}`, expires_ms: 60_000 };
  return {
    prompt: own,
    state: "active",
    gone_because: "",
    shown_after_ms: 640,
    acted_by: "",
    heard: null,
    reaction: null,
    result: null,
    ...change,
  };
}

function column(
  prompts: readonly PromptCard[],
  role: Role = "agent",
  change: Partial<CallView> = {},
): React.JSX.Element {
  const view: CallView = {
    ...emptyView("c1"),
    status: "live",
    opened_at: new Date(0).toISOString(),
    prompts,
    ...change,
  };
  const call: WatchedCall = {
    ...{ callId: "c1", origin: "live", loaded: true, readFailure: null, view },
    ...{ promptLoggedAt: {}, pending: {} },
  };
  const state: DeskState = { ...startingDesk({ ...user, role }, null), call };
  return <PromptColumn session={session} state={state} call={call} shine={shone} />;
}

function press(key: string): void {
  fireEvent.keyDown(document.body, { key });
}

describe("a cue's card", () => {
  test("says of an offer that the customer asked for it", () => {
    show(column([card("p1"), card("p2", { prompt: { ...prompt, prompt_id: "p2", asked_for: true } })]));
    expect(screen.getAllByTestId("asked-for").map((mark) => mark.textContent)).toEqual(["客户在问"]);
    expect(within(screen.getByTestId("prompt-p2")).getByTestId("asked-for")).toBeTruthy();
  });

  test("shows the words to say, their kind and how soon they came", () => {
    show(column([card("p1")]));
    const own = within(screen.getByTestId("prompt-p1"));
    expect(own.getByText(prompt.body).tagName).toBe("BLOCKQUOTE");
    expect(own.getByTestId("latency").textContent).toContain("640 ms");
  });

  test("says that the words go on until their final has confirmed it", () => {
    const early = card("p1", { prompt: { ...card("p1").prompt, from_partial: true } });
    const { unmount } = show(column([early]));
    expect(screen.getByTestId("early").textContent).toBe("话还没说完");
    unmount();
    show(column([card("p1")]));
    expect(screen.queryByTestId("early")).toBeNull();
  });

  test.each([
    ["accept", "a", "accepted"],
    ["dismiss", "d", "dismissed"],
  ] as const)("%s: by button and by the key %s", (button, key, outcome) => {
    show(column([card("p1")]));
    fireEvent.click(screen.getByTestId(button));
    press(key);
    expect(acted.mock.calls).toEqual([
      ["p1", outcome],
      ["p1", outcome],
    ]);
  });

  test("explains itself on demand, with a way to each piece of evidence", () => {
    show(column([card("p1")]));
    expect(screen.queryByTestId("because")).toBeNull();
    fireEvent.click(screen.getByTestId("why"));
    expect(screen.getByTestId("why").getAttribute("aria-expanded")).toBe("true");
    const [evidence] = prompt.because.evidence;
    fireEvent.click(screen.getAllByTestId("evidence")[0] ?? document.body);
    expect(shone).toHaveBeenCalledWith({ utteranceId: evidence?.utterance_id, start_ms: evidence?.start_ms });
    press("w");
    expect(screen.queryByTestId("because")).toBeNull();
  });

  test("copies its words, and says so to the log", async () => {
    show(column([card("p1")]));
    await act(async () => {
      press("c");
      await Promise.resolve();
    });
    expect(copied).toHaveBeenCalledWith(prompt.body);
    expect(acted).toHaveBeenCalledWith("p1", "copied");
  });

  test("of somebody else's call can be read and copied, not decided on", async () => {
    show(column([card("p1")], "supervisor"));
    expect(screen.queryByTestId("accept")).toBeNull();
    await act(async () => {
      fireEvent.click(screen.getByTestId("copy"));
      await Promise.resolve();
    });
    press("a");
    expect(copied).toHaveBeenCalledOnce();
    expect(acted).not.toHaveBeenCalled();
  });
});

describe("a cue on the screen", () => {
  test("is told each time that it comes, not while its time is known", async () => {
    const unseen = card("p1", { shown_after_ms: null });
    const { rerender } = show(column([unseen]));
    await vi.waitFor(() => {
      expect(painted).toHaveBeenCalledTimes(1);
    });
    rerender(column([card("p1")]));
    rerender(column([unseen]));
    await vi.waitFor(() => {
      expect(painted).toHaveBeenCalledTimes(2);
    });
  });
});

describe("several cues", () => {
  test("stand newest first, and the keys go from one to the next", () => {
    const { rerender } = show(column([card("p1")]));
    rerender(column([card("p1"), card("p2")]));
    const shown = screen.getAllByRole("listitem").map((each) => each.dataset["testid"]);
    expect(shown.filter((id) => id?.startsWith("prompt-"))).toEqual(["prompt-p2", "prompt-p1"]);
    press("j");
    press("a");
    press("k");
    press("a");
    expect(acted.mock.calls.map(([id]) => id)).toEqual(["p1", "p2"]);
  });

  test("are read out as they come, and an older one is not read out again when the newer goes", () => {
    const { rerender, container } = show(column([card("p1")]));
    const spoken = (): string => container.querySelector("[aria-live=polite]")?.textContent ?? "";
    expect(spoken()).toContain("标题 p1");
    rerender(column([card("p1"), card("p2")]));
    expect(spoken()).toContain("标题 p2");
    rerender(column([card("p1"), card("p2", { state: "expired" })]));
    expect(spoken()).toBe("");
  });

  test("do not take keys that are typed into a field or pressed with a modifier", () => {
    const { container } = show(
      <>
        <input />
        {column([card("p1")])}
      </>,
    );
    fireEvent.keyDown(container.querySelector("input") ?? container, { key: "a" });
    fireEvent.keyDown(document.body, { key: "a", ctrlKey: true });
    expect(acted).not.toHaveBeenCalled();
  });
});

describe("without an open cue", () => {
  test("the column says that all is well and shows what came before", () => {
    show(column([card("p1", { state: "accepted" })]));
    expect(screen.getByTestId("no-cue")).toBeDefined();
    expect(screen.getByTestId("prompt-p1").dataset["state"]).toBe("accepted");
  });

  test("what came before is folded away as soon as there is a new one", () => {
    const before = card("p1", { state: "dismissed" });
    show(column([before, card("p2")]));
    expect(screen.queryByTestId("no-cue")).toBeNull();
    expect(screen.queryByTestId("prompt-p1")).toBeNull();
    fireEvent.click(within(screen.getByTestId("prompt-history")).getByRole("button"));
    expect(screen.getByTestId("prompt-p1").dataset["state"]).toBe("dismissed");
  });
});

test.each([
  [390, "p1 limits"],
  [1_440, "limits p1"],
])("%i wide: a phone shows the cards before all else", (width, expected) => {
  const { happyDOM } = window as unknown as { happyDOM: { setViewport: (size: { width: number }) => void } };
  const before = window.innerWidth;
  happyDOM.setViewport({ width });
  show(column([card("p1")], "agent", { limits: [{ because: "少放几条", facts: {} }] }));
  const shown = screen.getAllByTestId(/^(prompt-p1|limits)$/).map(({ dataset }) => dataset["testid"]);
  happyDOM.setViewport({ width: before });
  expect(shown.join(" ").replace("prompt-", "")).toBe(expected);
});
