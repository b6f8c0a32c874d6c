// @vitest-environment happy-dom
/** What a prompt was worth, week by week. */

import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import type { ExperimentReport, Week } from "../../src/experiments/api";
import { WeekTable } from "../../src/experiments/WeekTable";
import { show } from "../screen";

const WEEK: Week = {
  monday: "2026-11-09",
  shown: { calls: 200, hits: 25 },
  held_out: { calls: 40, hits: 2 },
  worth: {
    gained: { estimate: 15, low: -2, high: 27 },
    value: { estimate: 300, low: -40, high: 540 },
    handling_ms: { estimate: 3_600_000, low: 0, high: 7_200_000 },
  },
};
const REPORT = {
  goal: "sold",
  price: { amount: 20, per: "month" },
  weeks: [{ ...WEEK, monday: "2026-11-02", worth: { gained: null, value: null, handling_ms: null } }, WEEK],
} as unknown as ExperimentReport;

test("each week tells what was gained, at what price, and what it cost, the newest first", () => {
  show(<WeekTable report={REPORT} />);
  const rows = screen.getAllByRole("row").map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows[0]).toContain("价值（元/月）");
  expect(rows[1]).toEqual([
    ...["2026-11-09", "200", "12.5%", "40", "5.0%"],
    ...["+15 (−2 … +27)", "+300 (−40 … +540)", "+1.0 (0.0 … +2.0)"],
  ]);
  expect(rows[2]?.slice(5)).toEqual(["–", "–", "–"]);
});
