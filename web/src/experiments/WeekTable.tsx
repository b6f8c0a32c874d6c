import { useTranslation } from "react-i18next";

import type { ExperimentReport } from "./api";
import styles from "./ExperimentsPage.module.css";
import { amountText, hoursText, ratioText } from "./figures";

/** Week by week: what the prompt brought in and what it cost, against the calls that it was held out of. */
export function WeekTable({ report }: { report: ExperimentReport }): React.JSX.Element {
  const { t } = useTranslation();
  const { goal, price, weeks } = report;
  return (
    <div className={styles.scroller} data-testid="weeks">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("experiments.week")}</th>
            <th scope="col">{t("experiments.shown")}</th>
            <th scope="col">{t(`experiments.measures.${goal}`)}</th>
            <th scope="col">{t("experiments.held-out")}</th>
            <th scope="col">{t(`experiments.measures.${goal}`)}</th>
            <th scope="col">{t("experiments.more")}</th>
            {price && <th scope="col">{t(`experiments.worth.${price.per}`)}</th>}
            <th scope="col">{t("experiments.agents-time")}</th>
          </tr>
        </thead>
        <tbody>
          {weeks.toReversed().map(({ monday, shown, held_out, worth }) => (
            <tr key={monday}>
              <th scope="row">{monday}</th>
              <td>{shown.calls}</td>
              <td>{ratioText(shown.hits, shown.calls)}</td>
              <td>{held_out.calls}</td>
              <td>{ratioText(held_out.hits, held_out.calls)}</td>
              <td>{worth.gained ? amountText(worth.gained) : "–"}</td>
              {price && <td>{worth.value ? amountText(worth.value) : "–"}</td>}
              <td>{worth.handling_ms ? hoursText(worth.handling_ms) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>{t("experiments.weeks-note")}</p>
    </div>
  );
}
