// @vitest-environment happy-dom
/** QA flags, the call's header, banners, and the place where the call will be. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";

import { EmptyDesk } from "../src/desk/EmptyDesk";
import { Impairments } from "../src/desk/Impairments";
import { emptyView } from "../src/fold";
import type { CallDegraded, CallView, Flag, PartyMeasures, Verdict } from "../src/protocol.gen";
import { CallHeader } from "../src/shared/CallHeader";
import { ConversationTable } from "../src/shared/ConversationTable";
import { FlagList } from "../src/shared/FlagList";
import { startingDesk, type WatchedCall } from "../src/state/deskState";
import { user } from "./fakeWorld";
import { readViews } from "./golden";
import { show } from "./screen";

const golden = readViews("upgrade").at(-1);
const goldenFlag = golden?.flags[0];
if (golden === undefined || goldenFlag === undefined) throw new Error("the golden log has no flag");

afterEach(cleanup);

function flag(flag_id: string, verdict: Verdict): Flag {
  return { ...goldenFlag, flag_id, verdict } as Flag;
}

function watched(change: Partial<WatchedCall>): WatchedCall {
  return {
    ...{ callId: "c1", origin: "stored", loaded: true, readFailure: null, view: emptyView("c1") },
    ...{ promptLoggedAt: {}, pending: {}, ...change },
  };
}

describe("Notifications", () => {
  test("stand among the flags, with where they went and whether they got there", () => {
    const cards = readViews("edges").at(-1)?.notifications ?? [];
    const failed = cards.map((card) => ({
      ...card,
      pushed: card.pushed && { ...card.pushed, state: "failed" as const },
    }));
    show(<FlagList flags={[]} notifications={failed} shine={vi.fn()} />);
    const states = screen.getAllByRole("listitem").map((each) => [each.dataset["testid"], each.dataset["state"]]);
    expect(states).toEqual([
      ["notification-n-1", "failed"],
      ["notification-n-2", "waiting"],
    ]);
    expect(screen.getByTestId("notification-n-1").textContent).toContain("floor");
    fireEvent.click(screen.getByTestId("notification-n-1").querySelector("button") ?? document.body);
    expect(screen.getByTestId("because").textContent).toContain("理由");
  });
});

describe("QA flags", () => {
  test("that need attention come first, and those that are met fold away", () => {
    show(<FlagList flags={[flag("f1", "met"), flag("f2", "at_risk"), flag("f3", "breach")]} shine={vi.fn()} />);
    const shown = screen.getAllByRole("listitem").map((each) => each.dataset["verdict"]);
    expect(shown).toEqual(["breach", "at_risk"]);
    fireEvent.click(screen.getByTestId("met-flags"));
    expect(screen.getByTestId("flag-f1").dataset["verdict"]).toBe("met");
  });

  test("that are met stay in sight while nothing needs attention", () => {
    show(<FlagList flags={[flag("f1", "met")]} shine={vi.fn()} />);
    expect(screen.getByTestId("flag-f1")).toBeDefined();
  });

  test("show their reason and lead to their evidence", () => {
    const shine = vi.fn();
    show(<FlagList flags={[flag("f1", "breach")]} shine={shine} />);
    fireEvent.click(screen.getByTestId("flag-f1").querySelector("button") ?? document.body);
    expect(screen.getByTestId("because").textContent).toContain(goldenFlag.because.reason);
    fireEvent.click(screen.getAllByTestId("evidence")[0] ?? document.body);
    expect(shine).toHaveBeenCalledOnce();
  });
});

function measured(party: PartyMeasures["party"], change: Partial<PartyMeasures>): PartyMeasures {
  return {
    ...{ party, utterances: 3, speech_ms: 65_000, talk_ratio: 0.62, chars_per_min: 244.6, level_dbfs: null },
    ...{ responses: 2, response_p50_ms: 800, response_max_ms: 3_100, overtalks: 0, overtalk_ms: 0 },
    ...{ longest_monologue_ms: 12_000, longest_monologue_start_ms: 4_000, ...change },
  };
}

describe("the figures of a call", () => {
  const agent = measured("agent", { overtalks: 2, overtalk_ms: 1_400 });
  const customer = measured("customer", { chars_per_min: null, response_p50_ms: null, response_max_ms: null });

  test("stand side by side and lead to the longest monologue", () => {
    const shine = vi.fn();
    const conversation = { parties: [agent, customer], silences: 1, silence_ms: 6_200, longest_silence_ms: 6_200 };
    show(<ConversationTable conversation={conversation} shine={shine} />);
    const rows = screen.getAllByRole("row").map((row) => Array.from(row.children, (cell) => cell.textContent));
    expect(rows[1]).toEqual(["说话时长", "01:05 · 62%", "01:05 · 62%"]);
    expect(rows[2]).toEqual(["语速", "245 字/分钟", "–"]);
    expect(rows[3]).toEqual(["应答时间", "一般 0.8 秒，最长 3.1 秒", "–"]);
    expect(rows[4]).toEqual(["插话", "2 次，共 1.4 秒", "–"]);
    expect(screen.getByTestId("conversation").textContent).toContain("静默 1 次，最长 6.2 秒");
    fireEvent.click(screen.getAllByRole("button")[0] ?? document.body);
    expect(shine).toHaveBeenCalledWith({ utteranceId: null, start_ms: 4_000 });
  });

  test("are not there where nobody spoke", () => {
    const silent = {
      parties: [measured("agent", { utterances: 0 })],
      silences: 0,
      silence_ms: 0,
      longest_silence_ms: 0,
    };
    show(<ConversationTable conversation={silent} shine={vi.fn()} />);
    expect(screen.queryByTestId("conversation")).toBeNull();
  });
});

describe("the header", () => {
  const opened_at = new Date(1_000_000).toISOString();

  test("names the customer and counts on the server's clock", () => {
    const view: CallView = { ...golden, status: "live", opened_at, connection: "attached" };
    show(<CallHeader view={view} serverNow={() => 1_000_000 + 83_000} />);
    expect(screen.getByRole("heading").textContent).toBe(golden.customer?.name);
    expect(screen.getByTestId("timer").textContent).toBe("01:23");
    expect(screen.getByTestId("call-state").dataset["phase"]).toBe("live");
  });

  test("of a call that is over shows its length and offers the transcript", () => {
    const view: CallView = { ...golden, status: "closed", position_ms: 62_000 };
    show(<CallHeader view={view} serverNow={() => 0} />);
    expect(screen.getByTestId("timer").textContent).toBe("01:02");
    expect(screen.getByTestId("export")).toBeDefined();
  });
});

describe("banners", () => {
  const degraded: CallDegraded = {
    ...{ type: "call-degraded", part: "recognition", party: null, code: "recogniser-down" },
    ...{ reason: "", restored: false, at_ms: 12_000 },
  };

  test("say what does not work and what still does", () => {
    const view: CallView = { ...emptyView("c1"), status: "live", degraded: [degraded], connection: "paused" };
    show(<Impairments link={{ kind: "open" }} view={view} retry={vi.fn()} />);
    expect(screen.getByTestId("degraded-recognition").textContent).toContain("自动补录转写");
    expect(screen.getByTestId("call-paused").textContent).toContain("通话保持中");
    expect(screen.queryByTestId("offline-banner")).toBeNull();
  });

  test("tell what load takes away, each by its own text", () => {
    const impaired: CallDegraded[] = [
      { ...degraded, part: "partials", party: "customer", code: "partials-thinned" },
      { ...degraded, part: "endpoint", party: "customer", code: "endpoint-waits" },
      { ...degraded, party: "customer", code: "recognition-behind" },
    ];
    const view: CallView = { ...emptyView("c1"), status: "live", degraded: impaired };
    show(<Impairments link={{ kind: "open" }} view={view} retry={vi.fn()} />);
    expect(screen.getByTestId("degraded-partials").textContent).toContain("实时文字变慢");
    expect(screen.getByTestId("degraded-endpoint").textContent).toContain("整句转写稍慢");
    expect(screen.getByTestId("degraded-recognition").textContent).toContain("转写滞后");
  });

  test("tell which analysis is missing and what goes on without it", () => {
    const impaired: CallDegraded[] = [
      { ...degraded, part: "analysis", code: "phrases-failed" },
      { ...degraded, part: "analysis", code: "understanding-failed" },
    ];
    show(
      <Impairments
        link={{ kind: "open" }}
        view={{ ...emptyView("c1"), status: "live", degraded: impaired }}
        retry={vi.fn()}
      />,
    );
    const texts = screen.getAllByTestId("degraded-analysis").map((banner) => banner.textContent);
    expect(texts[0]).toContain("转写、意图和情绪照常");
    expect(texts[1]).toContain("转写和基于话术的提示、质检照常");
  });

  test("offer to reconnect at once", () => {
    const retry = vi.fn();
    show(<Impairments link={{ kind: "waiting", retryAt_ms: 0, attempt: 2 }} view={null} retry={retry} />);
    fireEvent.click(screen.getByRole("button"));
    expect(retry).toHaveBeenCalledOnce();
  });
});

test("a stored call that could not be read says why and can be loaded again", () => {
  const choose = vi.fn();
  const readFailure = { code: "store-unavailable", message: "" };
  const call = watched({ loaded: false, readFailure });
  show(<EmptyDesk state={{ ...startingDesk(user, null), call }} choose={choose} />);
  expect(screen.getByRole("alert").textContent).toContain("store-unavailable");
  fireEvent.click(screen.getByTestId("retry-call"));
  expect(choose).toHaveBeenCalledWith("c1");
});
