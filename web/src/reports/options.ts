/** Pictures of reports as ECharts draws them. */

import type { EChartsCoreOption } from "echarts/core";

import type { Tokens } from "../theme/tokens";
import type { Cell, Field, Row, Unit } from "./api";
import { boundsText, drawn, valueText } from "./figures";

const ROW_PX = 34;
const MARGIN_PX = 48;
const LEAST_PX = 240;
/** Rows that a picture shows, those of the table's top; more would be unreadable. */
const MOST_DRAWN = 15;
const NONE: Cell = { value: null, low: null, high: null, calls: 0 };
const FAINT = 0.16;

interface Hovered {
  readonly dataIndex: number;
  readonly name: string;
}

/** A series of a picture of shares that are piled up. */
export interface Pile {
  readonly field: string;
  readonly name: string;
  readonly colour: string;
}

export function heightOf(rows: number): number {
  return Math.max(rows * ROW_PX + MARGIN_PX, LEAST_PX);
}

/** The rows that are drawn, those with the highest value of a figure first; what has none comes last. */
export function drawnRows(rows: readonly Row[], field: Field): readonly Row[] {
  const valueOf = (row: Row): number => row.cells[field.field_id]?.value ?? -1;
  return rows.slice(0, MOST_DRAWN).sort((one, other) => valueOf(other) - valueOf(one));
}

/** A bar for each row from its top, with its interval; a line where all calls together are. */
export function rowsOption(
  rows: readonly Row[],
  field: Field,
  total: Row,
  nameOf: (row: Row) => string,
  tokens: Tokens,
): EChartsCoreOption {
  const cells = rows.map((row) => row.cells[field.field_id] ?? NONE);
  const ofAll = field.unit === "calls" ? null : (total.cells[field.field_id]?.value ?? null);
  const { unit } = field;
  return {
    animation: false,
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    tooltip: { ...tipOf(cells, unit, tokens), trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: valueAxis(unit, tokens),
    yAxis: rowAxis(rows, nameOf, tokens),
    series: [
      {
        type: "bar",
        barWidth: 14,
        cursor: "pointer",
        itemStyle: { color: tokens.brand, opacity: 0.28, borderRadius: [0, 4, 4, 0] },
        data: cells.map(({ value }) => drawn(value, unit)),
      },
      {
        type: "candlestick",
        barWidth: 4,
        cursor: "pointer",
        itemStyle: {
          color: tokens.brand,
          color0: tokens.brand,
          borderColor: tokens.brand,
          borderColor0: tokens.brand,
        },
        data: cells.map((cell) => rangeOf(cell, unit)),
      },
      {
        type: "scatter",
        symbolSize: 10,
        z: 4,
        cursor: "pointer",
        itemStyle: { color: tokens.surface, borderColor: tokens.brandText, borderWidth: 2.5 },
        data: cells.map(({ value }) => drawn(value, unit) ?? "-"),
        markLine: {
          symbol: "none",
          silent: true,
          label: { show: false },
          lineStyle: { color: tokens.textFaint, type: "dashed" },
          data: ofAll === null ? [] : [{ xAxis: drawn(ofAll, unit) }],
        },
      },
    ],
  };
}

/** The course over weeks, with its interval as a band. */
export function weeksOption(rows: readonly Row[], field: Field, tokens: Tokens): EChartsCoreOption {
  const cells = rows.map((row) => row.cells[field.field_id] ?? NONE);
  const { unit } = field;
  const band = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 } };
  return {
    animation: false,
    grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
    tooltip: { ...tipOf(cells, unit, tokens), trigger: "axis" },
    xAxis: {
      type: "category",
      data: rows.map(({ code }) => code.slice(5)),
      boundaryGap: rows.length === 1,
      ...axisOf(tokens),
    },
    yAxis: valueAxis(unit, tokens),
    series: [
      { ...band, data: cells.map(({ low }) => drawn(low, unit)) },
      {
        ...band,
        areaStyle: { color: tokens.brand, opacity: FAINT },
        data: cells.map(({ low, high }) => (low === null || high === null ? null : drawn(high - low, unit))),
      },
      {
        type: "line",
        symbolSize: 8,
        z: 4,
        cursor: "pointer",
        itemStyle: { color: tokens.brand },
        lineStyle: { color: tokens.brand, width: 2.5 },
        data: cells.map(({ value }) => drawn(value, unit)),
      },
    ],
  };
}

/** Shares of each row one on the other. */
export function pilesOption(
  rows: readonly Row[],
  piles: readonly Pile[],
  nameOf: (row: Row) => string,
  tokens: Tokens,
): EChartsCoreOption {
  return {
    animation: false,
    grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: tokens.textSoft }, itemHeight: 10, itemWidth: 16 },
    tooltip: {
      ...boxOf(tokens),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => (typeof value === "number" ? `${value.toFixed(1)}%` : "–"),
    },
    xAxis: valueAxis("share", tokens),
    yAxis: rowAxis(rows, nameOf, tokens),
    series: piles.map(({ field, name, colour }) => ({
      name,
      type: "bar",
      stack: "all",
      barWidth: 16,
      cursor: "pointer",
      itemStyle: { color: colour, borderColor: tokens.surface, borderWidth: 1 },
      data: rows.map((row) => drawn(row.cells[field]?.value ?? null, "share")),
    })),
  };
}

/** From the lower to the upper bound, as a candle without wicks; "-" draws nothing. */
function rangeOf({ low, high }: Cell, unit: Unit): readonly (number | string | null)[] | string {
  if (low === null || high === null) return "-";
  const [from, to] = [drawn(low, unit), drawn(high, unit)];
  return [from, to, from, to];
}

function axisOf(tokens: Tokens): object {
  return {
    axisLabel: { color: tokens.textSoft },
    axisLine: { lineStyle: { color: tokens.lineStrong } },
    axisTick: { show: false },
  };
}

function valueAxis(unit: Unit, tokens: Tokens): object {
  const shown = (value: number): string => (unit === "share" ? `${value}%` : valueText(value, unit));
  return {
    type: "value",
    min: 0,
    splitLine: { lineStyle: { color: tokens.line } },
    axisLabel: { color: tokens.textFaint, formatter: shown, hideOverlap: true },
  };
}

function rowAxis(rows: readonly Row[], nameOf: (row: Row) => string, tokens: Tokens): object {
  return {
    type: "category",
    inverse: true,
    data: rows.map(nameOf),
    ...axisOf(tokens),
    axisLabel: { color: tokens.text, width: 112, overflow: "truncate" },
  };
}

function boxOf(tokens: Tokens): object {
  return { backgroundColor: tokens.raised, borderColor: tokens.line, textStyle: { color: tokens.text, fontSize: 13 } };
}

function tipOf(cells: readonly Cell[], unit: Unit, tokens: Tokens): object {
  const textOf = (hovered: readonly Hovered[]): string => {
    const [first] = hovered;
    const cell = cells[first?.dataIndex ?? -1];
    if (first === undefined || cell === undefined) return "";
    const bounds = boundsText(cell, unit);
    const value = cell.value === null ? "–" : valueText(cell.value, unit);
    return `${escaped(first.name)}<br><b>${value}</b>${bounds === "" ? "" : ` (${bounds})`} · n = ${cell.calls}`;
  };
  return { ...boxOf(tokens), formatter: textOf };
}

/** Names come from phone platforms, and this is written as HTML. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
