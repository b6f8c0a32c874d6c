import { BarChart, CandlestickChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import styles from "./Chart.module.css";

register([
  BarChart,
  CandlestickChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

interface Props {
  option: EChartsCoreOption;
  /** Says in words what is in it. */
  label: string;
  height_px?: number;
  /** A mark was clicked; `place` is its place among the values of its series. */
  pick?: (place: number) => void;
}

/** A picture. Loaded by those who look at one. */
export default function Chart({ option, label, height_px, pick }: Props): React.JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(pick);
  useEffect(() => {
    latest.current = pick;
  });
  useEffect(() => {
    if (place.current === null) return;
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption(option);
    chart.on("click", ({ dataIndex }) => {
      latest.current?.(dataIndex);
    });
    const watcher = new ResizeObserver(() => {
      chart.resize();
    });
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [option]);
  return (
    <div
      ref={place}
      className={styles.chart}
      style={height_px === undefined ? undefined : { height: height_px }}
      role="img"
      aria-label={label}
    />
  );
}
