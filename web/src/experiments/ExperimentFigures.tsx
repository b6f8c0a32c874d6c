import { useTranslation } from "react-i18next";

import type { ThemeName } from "../theme/tokens";
import type { ExperimentReport } from "./api";
import { Decide } from "./Decide";
import styles from "./ExperimentsPage.module.css";
import { amountText, hoursText, liftText } from "./figures";
import { GroupTable } from "./GroupTable";
import { Pictures } from "./Pictures";
import { useGroupName } from "./useGroupName";
import { useWhy } from "./useWhy";
import { WeekTable } from "./WeekTable";

interface Props {
  report: ExperimentReport;
  theme: ThemeName;
  /** Absent: this user may not decide. */
  decide?: (decision: "mute" | "unmute", reason: string) => void;
}

/** What an experiment says: its figures, its pictures, and what was decided. */
export function ExperimentFigures({ report, theme, decide }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const whyOf = useWhy();
  const [first] = report.comparisons;
  const { price, worth } = report;
  return (
    <>
      <p className={styles.about}>
        <span>
          {t("experiments.about", {
            goal: t(`experiments.measures.${report.goal}`),
            share: Math.round(100 * report.hold_out),
          })}
          {report.is_general && report.price && ` ${t("experiments.general")}`}
        </span>
        {decide && <Decide isMuted={report.is_muted} decide={decide} />}
      </p>
      <ul className={styles.findings}>
        {report.comparisons.map(({ group, against, lifts }) => {
          const lift = lifts[report.goal];
          return (
            <li key={group}>
              {t("experiments.against", { group: nameOf(group), other: nameOf(against) })}
              <strong>{lift ? t("experiments.lift", { lift: liftText(lift.lasting) }) : "–"}</strong>
            </li>
          );
        })}
        {worth.gained && (
          <li>
            {t("experiments.gained", { goal: t(`experiments.measures.${report.goal}`) })}
            <strong>{amountText(worth.gained)}</strong>
          </li>
        )}
        {worth.value && price && (
          <li>
            {t(`experiments.worth.${price.per}`)}
            <strong>{amountText(worth.value)}</strong>
          </li>
        )}
        {worth.handling_ms && (
          <li>
            {t("experiments.agents-time")}
            <strong>{hoursText(worth.handling_ms)}</strong>
          </li>
        )}
        {report.left_out > 0 && <li>{t("experiments.left-out", { count: report.left_out })}</li>}
        {report.limited > 0 && <li>{t("experiments.limited", { count: report.limited })}</li>}
        {report.calls_needed !== null && <li>{t("experiments.needed", { count: report.calls_needed })}</li>}
      </ul>
      <GroupTable report={report} />
      {first && <Pictures report={report} theme={theme} />}
      {report.hold_out > 0 && report.weeks.length > 0 && <WeekTable report={report} />}
      <ul className={styles.decisions}>
        {report.decisions.map((one) => (
          <li key={one.at + one.kind}>
            <time dateTime={one.at}>{one.at.slice(0, 16).replace("T", " ")}</time>
            {t(`experiments.decisions.${one.kind}`, { by: one.by || t("app.name") })}
            <span>{whyOf(one)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
