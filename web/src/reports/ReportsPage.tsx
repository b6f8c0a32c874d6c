import { DownloadOutlined } from "@ant-design/icons";
import { Button, Segmented, Spin } from "antd";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { listChoices } from "../archive/api";
import type { User } from "../protocol";
import { goTo, type Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeName } from "../theme/tokens";
import type { ThemeChoice } from "../theme/useTheme";
import { useRead } from "../useRead";
import { useReport } from "../useReport";
import { readDictionary, readReport, tableUrl } from "./api";
import { addressOf, askingOf, lacking, NAMES, type Asking, type ReportName } from "./asking";
import { FigureTable } from "./FigureTable";
import { Pictures } from "./Pictures";
import { ReportFilters } from "./ReportFilters";
import styles from "./ReportsPage.module.css";
import { Tiles } from "./Tiles";
import { Words } from "./Words";

interface Props {
  user: User;
  route: Route & { page: "reports" };
  theme: ThemeName;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

const DRAWN_FIRST: Readonly<Record<ReportName, string>> = {
  quality: "breach_share",
  service: "handling_s",
  weakness: "ends_unhappy_share",
};
const OF_TEAMS: Asking = { name: "quality", by: "team" };

function ask(asking: Asking): void {
  goTo({ page: "reports", asked: addressOf(asking) });
}

/** Figures of closed calls, each with its definition, its uncertainty and its calls; the address holds the question. */
export default function ReportsPage(props: Props): React.JSX.Element {
  const { route, theme, sessionEnded } = props;
  const { t, i18n } = useTranslation();
  const report = useReport(sessionEnded);
  const asking = useMemo(() => askingOf(route.asked), [route.asked]);
  const { value: dictionary } = useRead(readDictionary, report);
  const { value: choices } = useRead(listChoices, report);
  const { value: teams } = useRead(
    useCallback(() => readReport(OF_TEAMS), []),
    report,
  );
  const { value: found } = useRead(
    useCallback(() => readReport(asking), [asking]),
    report,
  );
  const { value: weeks } = useRead(
    useCallback(() => readReport({ ...asking, by: "week" }), [asking]),
    report,
  );
  const bys = dictionary?.reports[asking.name].bys ?? [];
  const fields = (found?.columns ?? []).flatMap((one) => dictionary?.fields[one] ?? []);
  const figures = fields.filter(({ unit }) => unit !== "words");
  const field =
    figures.find((one) => one.field_id === asking.figure) ??
    figures.find((one) => one.field_id === DRAWN_FIRST[asking.name]);
  const words = fields.find(({ unit }) => unit === "words");
  const isThere = found !== null && weeks !== null && found.name === asking.name && weeks.name === asking.name;
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      <main className={styles.main}>
        <header>
          <h1>{t("reports.title")}</h1>
          <Segmented
            value={asking.name}
            data-testid="report-name"
            options={NAMES.map((value) => ({ value, label: t(`reports.names.${value}`) }))}
            onChange={(name) => {
              ask({ ...lacking(asking, "by", "figure"), name });
            }}
          />
          <Button
            icon={<DownloadOutlined />}
            href={tableUrl(asking, i18n.language === "en" ? "en" : "zh")}
            data-testid="report-csv"
          >
            {t("reports.csv")}
          </Button>
        </header>
        <ReportFilters asking={asking} choices={choices} teams={teams?.rows ?? []} ask={ask} />
        <div className={styles.tools}>
          <Segmented
            value={asking.by ?? bys[0] ?? "agent"}
            data-testid="report-by"
            options={bys.map((value) => ({ value, label: t(`reports.by.${value}`) }))}
            onChange={(by) => {
              ask({ ...asking, by });
            }}
          />
        </div>
        {(!isThere || dictionary === null || field === undefined) && <Spin />}
        {isThere && dictionary !== null && field !== undefined && (
          <>
            <Tiles
              report={found}
              fields={figures}
              chosen={field.field_id}
              choose={(figure) => {
                ask({ ...asking, figure });
              }}
            />
            <Pictures report={found} weeks={weeks} field={field} fields={dictionary.fields} theme={theme} />
            {words && <Words report={found} field={words} />}
            <section className={styles.card}>
              <header>
                <h2>{t("reports.every-figure")}</h2>
                {found.is_cut && <span>{t("reports.cut", { count: found.rows.length })}</span>}
              </header>
              <FigureTable
                rows={found.rows}
                total={found.total}
                by={found.by}
                fields={figures}
                label={t("reports.every-figure")}
              />
            </section>
          </>
        )}
      </main>
    </div>
  );
}
