import { expect, test } from "vitest";

import type { ExperimentReport, Outcome } from "../../src/experiments/api";
import { hoursText, liftText, shareText, signed } from "../../src/experiments/figures";
import { liftOption, weeksOption } from "../../src/experiments/liftOption";
import { themes } from "../../src/theme/tokens";

const NOTHING: Outcome = { calls: 0, hits: 0, share: null };
const OUTCOMES = {
  sold: NOTHING,
  accepted: NOTHING,
  refused: NOTHING,
  complained: NOTHING,
  "called-again": NOTHING,
};
const UNKNOWN_WORTH = { gained: null, value: null, handling_ms: null };

const REPORT: ExperimentReport = {
  playbook: "telecom",
  experiment: "upgrade",
  source: "upgrade",
  title: "升级套餐",
  goal: "sold",
  hold_out: 0.1,
  is_general: true,
  shares: {},
  is_muted: false,
  groups: [{ name: "held-out", calls: 0, seen: 0, said: 0, outcomes: OUTCOMES, handling_ms: null }],
  comparisons: [
    {
      group: "shown",
      against: "held-out",
      lifts: {
        sold: {
          fixed: { estimate: 0.021, low: 0.001, high: 0.04 },
          lasting: { estimate: 0.021, low: -0.01, high: 0.06 },
        },
      },
      handling_ms: null,
      verdict: "unclear",
    },
    { group: "b", against: "a", lifts: {}, handling_ms: null, verdict: "too-early" },
  ],
  left_out: 0,
  limited: 0,
  price: null,
  worth: UNKNOWN_WORTH,
  calls_needed: null,
  weeks: [
    { monday: "2026-11-16", shown: { calls: 200, hits: 25 }, held_out: { calls: 0, hits: 0 }, worth: UNKNOWN_WORTH },
  ],
  decisions: [],
};
const TEXTS = {
  lasting: "lasting",
  fixed: "fixed",
  shown: "shown",
  heldOut: "held out",
  points: "points",
  percent: "percent",
  against: (group: string, other: string): string => `${group}/${other}`,
};

test("agents' time is told in hours with its bounds", () => {
  expect(hoursText({ estimate: 5_400_000, low: -1_800_000, high: 12_600_000 })).toBe("+1.5 (−0.5 … +3.5)");
});

test("a share is told with its bounds, an unknown one is not", () => {
  expect(shareText({ estimate: 0.123, low: 0.1, high: 0.15 })).toBe("12.3% (10.0–15.0)");
  expect(shareText(null)).toBe("–");
});

test("a lift has its sign", () => {
  expect(liftText({ estimate: 0.021, low: -0.01, high: 0.06 })).toBe("+2.1 (−1.0 … +6.0)");
  expect(signed(-0.01)).toBe("0.0");
});

test("the picture leaves out what is not known", () => {
  const lift = liftOption(REPORT, TEXTS, themes.light) as { xAxis: { data: string[] }; series: { data: unknown[] }[] };
  expect(lift.xAxis.data).toEqual(["shown/held-out"]);
  expect(lift.series.map(({ data }) => data.length)).toEqual([1, 1, 1]);
  const weeks = weeksOption(REPORT, TEXTS, themes.dark) as { series: { data: unknown[] }[] };
  expect(weeks.series.map(({ data }) => data)).toEqual([[12.5], [null]]);
});
