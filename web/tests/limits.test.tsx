// @vitest-environment happy-dom
/** Why an agent is shown fewer cues than others. */

import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { Impairments } from "../src/desk/Impairments";
import { LimitNote } from "../src/desk/LimitNote";
import { emptyView } from "../src/fold";
import type { CallDegraded } from "../src/protocol.gen";
import { readViews } from "./golden";
import { show } from "./screen";

const limited = readViews("selling").find(({ limits }) => limits.length > 0);

afterEach(() => {
  cleanup();
});

test("the desk says why there are fewer cues, and by which figures", () => {
  if (limited === undefined) throw new Error("the golden log has no such view");
  show(<LimitNote limits={limited.limits} />);
  const note = screen.getByTestId("limits").textContent;
  expect(note).toContain("这一小时提示已经很多，不急的先少放");
  expect(note).toContain("近一小时提示 64 条");
});

test("a fact of the hotline's own is told by its name", () => {
  show(<LimitNote limits={[{ because: "新人少看几条", facts: { "agent.weeks": "2" } }]} />);
  expect(screen.getByTestId("limits").textContent).toContain("agent.weeks：2");
});

test("nothing stands where nothing is limited", () => {
  show(<LimitNote limits={[]} />);
  expect(screen.queryByTestId("limits")).toBeNull();
});

test("that nobody knows the agent's last hour is no matter for the agent", () => {
  const unknown: CallDegraded = {
    ...{ type: "call-degraded", part: "agent-hour", party: null, code: "hour-slow" },
    ...{ at_ms: 100, reason: "The agent's calls of the last hour come late.", restored: false },
  };
  const view = { ...emptyView("c1"), status: "live" as const, degraded: [unknown] };
  show(<Impairments link={{ kind: "open" }} view={view} retry={() => undefined} />);
  expect(screen.queryByTestId("degraded-agent-hour")).toBeNull();
});
