// @vitest-environment happy-dom
/** Many prompts in experiments: what stands out comes first, figures when they are asked for. */

import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { ExperimentReport, Group, Verdict } from "../../src/experiments/api";
import { ExperimentCard } from "../../src/experiments/ExperimentCard";
import { inOrder } from "../../src/experiments/inOrder";
import { show } from "../screen";

function reportOf(experiment: string, verdict: Verdict, calls = 0, changes: object = {}): ExperimentReport {
  const outcomes = Object.fromEntries(
    ["sold", "accepted", "refused", "complained", "called-again"].map((name) => [
      name,
      { calls, hits: 0, share: null },
    ]),
  );
  const groups = ["held-out", "shown"].map((name) => ({ name, calls, seen: 0, said: 0, outcomes, handling_ms: null }));
  const interval = { estimate: 0.05, low: 0.01, high: 0.09 };
  return {
    playbook: "telecom",
    experiment,
    source: experiment,
    title: `提示 ${experiment}`,
    goal: "called-again",
    hold_out: 0.05,
    is_general: true,
    shares: {},
    is_muted: false,
    groups: groups as unknown as readonly Group[],
    left_out: 0,
    limited: 0,
    comparisons: [
      {
        group: "shown",
        against: "held-out",
        lifts: { "called-again": { fixed: interval, lasting: interval } },
        handling_ms: null,
        verdict,
      },
    ],
    price: null,
    worth: { gained: null, value: null, handling_ms: null },
    calls_needed: null,
    weeks: [],
    decisions: [],
    ...changes,
  };
}

test("what stands out comes first, then what has the most calls", () => {
  const reports = [
    reportOf("few", "too-early", 3),
    reportOf("many", "too-early", 300),
    reportOf("alike", "unclear"),
    reportOf("good", "helps"),
    reportOf("bad", "harms"),
    reportOf("gone", "unclear", 0, { is_muted: true }),
    reportOf("worded", "unclear", 0, { comparisons: [] }),
  ];
  const names = inOrder(reports).map(({ experiment }) => experiment);
  expect(names).toEqual(["gone", "bad", "good", "alike", "many", "few", "worded"]);
});

test("a line tells the prompt, its calls and its lift; the figures come when it is opened", () => {
  show(
    <ExperimentCard
      report={reportOf("bad", "harms", 120, { price: { amount: 9, per: "month" } })}
      theme="light"
      isOpen={false}
    />,
  );
  const line = screen.getByTestId("experiment-bad");
  expect(line.textContent).toContain("提示 bad");
  expect(line.textContent).toContain("提示 120 通 · 不提示 120 通");
  expect(line.textContent).toContain("+5.0 (+1.0 … +9.0) 个百分点");
  expect(within(line).queryByRole("table")).toBeNull();
  const details = line as HTMLDetailsElement;
  details.open = true;
  fireEvent(details, new Event("toggle"));
  expect(within(line).getByRole("table")).toBeTruthy();
  expect(line.textContent).toContain("客户主动要的照常提示，不计入");
});

test("a lift of which it is too early to speak is not told", () => {
  show(<ExperimentCard report={reportOf("new", "too-early", 2)} theme="light" isOpen={false} />);
  expect(screen.getByTestId("experiment-new").textContent).not.toContain("个百分点");
});
