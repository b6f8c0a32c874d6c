/** The picture of an experiment as ECharts draws it: lift with both intervals, and the goal week by week. */

import type { EChartsCoreOption } from "echarts/core";

import type { Tokens } from "../theme/tokens";
import type { ExperimentReport, Interval, Rate } from "./api";

export interface ChartTexts {
  readonly lasting: string;
  readonly fixed: string;
  readonly shown: string;
  readonly heldOut: string;
  readonly points: string;
  readonly percent: string;
  readonly against: (group: string, other: string) => string;
}

const WIDE = 9;
const NARROW = 4;
/** Opacity of the wider interval, so that both can be told apart in the legend. */
const FAINT = 0.45;

/** Bars from the lower to the upper bound, over which a dot marks the estimate. */
export function liftOption(report: ExperimentReport, texts: ChartTexts, tokens: Tokens): EChartsCoreOption {
  const { brand } = tokens;
  const told = report.comparisons.flatMap(({ group, against, lifts }) => {
    const lift = lifts[report.goal];
    return lift === undefined ? [] : [{ name: texts.against(group, against), lift }];
  });
  const axis = { axisLabel: { color: tokens.textSoft }, axisLine: { lineStyle: { color: tokens.lineStrong } } };
  const range = (
    name: string,
    width: number,
    opacity: number,
    of: (row: (typeof told)[number]) => Interval,
  ): object => ({
    name,
    type: "candlestick",
    barWidth: width,
    barGap: "-100%",
    itemStyle: { color: brand, color0: brand, borderColor: brand, borderColor0: brand, opacity },
    data: told.map((row) => {
      const { low, high } = inPoints(of(row));
      return [low, high, low, high];
    }),
  });
  return {
    animation: false,
    grid: { left: 56, right: 16, top: 52, bottom: 32 },
    legend: { top: 0, textStyle: { color: tokens.textSoft }, itemHeight: 8 },
    xAxis: {
      type: "category",
      data: told.map(({ name }) => name),
      ...axis,
      axisLabel: { ...axis.axisLabel, interval: 0, width: 130, overflow: "break" },
    },
    yAxis: {
      type: "value",
      name: texts.points,
      nameTextStyle: { color: tokens.textFaint },
      splitLine: { lineStyle: { color: tokens.line } },
      ...axis,
    },
    series: [
      range(texts.lasting, NARROW, FAINT, ({ lift }) => lift.lasting),
      range(texts.fixed, WIDE, 1, ({ lift }) => lift.fixed),
      {
        type: "scatter",
        symbolSize: 9,
        z: 3,
        itemStyle: { color: tokens.surface, borderColor: tokens.brandText, borderWidth: 2 },
        data: told.map(({ lift }) => 100 * lift.fixed.estimate),
        markLine: {
          symbol: "none",
          silent: true,
          label: { show: false },
          lineStyle: { color: tokens.breach, type: "dashed" },
          data: [{ yAxis: 0 }],
        },
      },
    ],
  };
}

/** The share of calls that came to the goal, shown and held out. */
export function weeksOption(report: ExperimentReport, texts: ChartTexts, tokens: Tokens): EChartsCoreOption {
  const axis = { axisLabel: { color: tokens.textSoft }, axisLine: { lineStyle: { color: tokens.lineStrong } } };
  const course = (name: string, colour: string, of: (week: ExperimentReport["weeks"][number]) => Rate): object => ({
    name,
    type: "line",
    itemStyle: { color: colour },
    lineStyle: { color: colour },
    data: report.weeks.map((week) => percentOf(of(week))),
  });
  return {
    animation: false,
    grid: { left: 48, right: 16, top: 52, bottom: 32 },
    legend: { top: 0, textStyle: { color: tokens.textSoft }, itemHeight: 8 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: report.weeks.map(({ monday }) => monday.slice(5)), ...axis },
    yAxis: {
      type: "value",
      name: texts.percent,
      nameTextStyle: { color: tokens.textFaint },
      splitLine: { lineStyle: { color: tokens.line } },
      ...axis,
    },
    series: [
      course(texts.shown, tokens.brand, ({ shown }) => shown),
      course(texts.heldOut, tokens.textFaint, ({ held_out }) => held_out),
    ],
  };
}

function inPoints({ low, high }: Interval): { low: number; high: number } {
  return { low: 100 * low, high: 100 * high };
}

function percentOf({ calls, hits }: Rate): number | null {
  return calls === 0 ? null : Number(((100 * hits) / calls).toFixed(1));
}
