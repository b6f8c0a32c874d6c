import { BarChartOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Empty, Spin } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import styles from "./ReportsPage.module.css";

const Chart = lazy(() => import("../shared/Chart"));

interface Props {
  name: string;
  title: string;
  option: EChartsCoreOption;
  height_px: number;
  isEmpty: boolean;
  /** What the picture shows, in numbers. */
  table: ReactNode;
  pick: (place: number) => void;
}

/** A picture that can be read as a table instead. */
export function ChartCard({ name, title, option, height_px, isEmpty, table, pick }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [isTable, setIsTable] = useState(false);
  return (
    <section className={styles.card} aria-label={title} data-testid={`chart-${name}`}>
      <header>
        <h2>{title}</h2>
        <Button
          size="small"
          type="text"
          icon={isTable ? <BarChartOutlined /> : <TableOutlined />}
          aria-pressed={isTable}
          data-testid={`as-table-${name}`}
          onClick={() => {
            setIsTable(!isTable);
          }}
        >
          {t(isTable ? "reports.as-picture" : "reports.as-table")}
        </Button>
      </header>
      {isEmpty && <Empty description={t("reports.none")} />}
      {!isEmpty && isTable && table}
      {!isEmpty && !isTable && (
        <Suspense fallback={<Spin />}>
          <Chart option={option} label={title} height_px={height_px} pick={pick} />
        </Suspense>
      )}
    </section>
  );
}
