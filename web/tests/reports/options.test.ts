/** Pictures of reports: what is drawn of what is known. */

import { expect, test } from "vitest";

import type { Cell, Field, Row } from "../../src/reports/api";
import { drawnRows, pilesOption, rowsOption, weeksOption } from "../../src/reports/options";
import { themes } from "../../src/theme/tokens";

const WORDS = { name: "", formula: "", left_out: "" };
const FIELD: Field = {
  field_id: "angry_share",
  unit: "share",
  sources: [],
  zh: WORDS,
  en: WORDS,
  asked: {},
  is_better: "low",
};

function row(code: string, cell: Cell): Row {
  return { code, title: "", cells: { angry_share: cell }, asked: {}, words: [] };
}

const NOTHING: Cell = { value: null, low: null, high: null, calls: 0 };
const ROWS = [
  row("2026-03-02", { value: 0.1, low: 0.05, high: 0.2, calls: 40 }),
  row("2026-03-09", NOTHING),
  row("<b>", { value: 0.5, low: 0.4, high: 0.6, calls: 60 }),
];
const TOTAL = row("all", { value: 0.3, low: 0.2, high: 0.4, calls: 100 });
type Drawn = {
  series: { data: unknown[]; markLine?: { data: unknown[] } }[];
  tooltip: { formatter: (hovered: { dataIndex: number; name: string }[]) => string };
};

test("the highest is drawn first, what is not known last", () => {
  expect(drawnRows(ROWS, FIELD).map(({ code }) => code)).toEqual(["<b>", "2026-03-02", "2026-03-09"]);
});

test("rows have bars with their intervals and a line for all calls", () => {
  const { series } = rowsOption(ROWS, FIELD, TOTAL, ({ code }) => code, themes.light) as unknown as Drawn;
  expect(series.map(({ data }) => data)).toEqual([
    [10, null, 50],
    [[5, 20, 5, 20], "-", [40, 60, 40, 60]],
    [10, "-", 50],
  ]);
  expect(series[2]?.markLine?.data).toEqual([{ xAxis: 30 }]);
});

test("weeks have a band from the lower to the upper bound", () => {
  const { series } = weeksOption(ROWS, FIELD, themes.dark) as unknown as Drawn;
  expect(series.map(({ data }) => data)).toEqual([
    [5, null, 40],
    [15, null, 20],
    [10, null, 50],
  ]);
});

test("names of other systems are no HTML in a tip", () => {
  const { tooltip } = rowsOption(ROWS, FIELD, TOTAL, ({ code }) => code, themes.light) as unknown as Drawn;
  expect(tooltip.formatter([{ dataIndex: 2, name: "<b>" }])).toBe("&lt;b&gt;<br><b>50.0%</b> (40.0%–60.0%) · n = 60");
  expect(tooltip.formatter([{ dataIndex: 1, name: "x" }])).toContain("–");
  expect(tooltip.formatter([])).toBe("");
});

test("feelings are piled up by row", () => {
  const piles = [{ field: "angry_share", name: "愤怒", colour: "red" }];
  const { series } = pilesOption(ROWS, piles, ({ code }) => code, themes.light) as unknown as Drawn;
  expect(series.map(({ data }) => data)).toEqual([[10, null, 50]]);
});
