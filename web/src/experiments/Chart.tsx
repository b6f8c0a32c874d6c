import { CandlestickChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import styles from "./Chart.module.css";

register([
  CandlestickChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

/** A picture; `label` says in words what is in it. Loaded by those who look at one. */
export default function Chart({ option, label }: { option: EChartsCoreOption; label: string }): React.JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption(option);
    const watcher = new ResizeObserver(() => {
      chart.resize();
    });
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={place} className={styles.chart} role="img" aria-label={label} />;
}
