import { useTranslation } from "react-i18next";

import { MEASURES, type ExperimentReport } from "./api";
import styles from "./ExperimentsPage.module.css";
import { shareText } from "./figures";
import { useGroupName } from "./useGroupName";

/** What each group of calls came to. */
export function GroupTable({ report }: { report: ExperimentReport }): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  return (
    <div className={styles.scroller}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("experiments.group")}</th>
            <th scope="col">{t("experiments.calls")}</th>
            <th scope="col">{t("experiments.seen")}</th>
            <th scope="col">{t("experiments.said")}</th>
            {MEASURES.map((measure) => (
              <th key={measure} scope="col" data-goal={measure === report.goal}>
                {t(`experiments.measures.${measure}`)}
              </th>
            ))}
            <th scope="col">{t("experiments.handling")}</th>
          </tr>
        </thead>
        <tbody>
          {report.groups.map((group) => (
            <tr key={group.name}>
              <th scope="row">{nameOf(group.name)}</th>
              <td>{group.calls}</td>
              <td>{group.seen}</td>
              <td>{group.said}</td>
              {MEASURES.map((measure) => (
                <td key={measure}>{shareText(group.outcomes[measure].share)}</td>
              ))}
              <td>
                {group.handling_ms === null
                  ? "–"
                  : t("experiments.seconds", { seconds: Math.round(group.handling_ms / 1000) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
