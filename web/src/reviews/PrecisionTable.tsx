import { useTranslation } from "react-i18next";

import { chanceText } from "./chance";
import styles from "./Review.module.css";
import type { RulePrecision } from "./rulesApi";

interface Props {
  rules: readonly RulePrecision[];
  open: (ruleId: string) => void;
}

/** The share of each rule's flags that people found right, with the bounds of what is plausible. */
export function PrecisionTable({ rules, open }: Props): React.JSX.Element {
  const { t } = useTranslation();
  if (rules.length === 0) return <p>{t("reviews.no-precision")}</p>;
  return (
    <div className={styles.scroller}>
      <table className={styles.precision}>
        <thead>
          <tr>
            <th scope="col">{t("reviews.rule")}</th>
            <th scope="col">{t("reviews.precision")}</th>
            <th scope="col">{t("reviews.interval")}</th>
            <th scope="col">{t("reviews.judged")}</th>
            <th scope="col">{t("reviews.cases")}</th>
          </tr>
        </thead>
        <tbody>
          {rules.map(({ rule_id, judged, right, precision, low, high, is_weighted, cases }) => (
            <tr key={rule_id} data-testid={`precision-${rule_id}`}>
              <th scope="row">
                <button
                  type="button"
                  onClick={() => {
                    open(rule_id);
                  }}
                >
                  {rule_id}
                </button>
              </th>
              <td>{chanceText(precision)}</td>
              <td>
                <i className={styles.bar} aria-hidden="true">
                  <i style={{ left: `${low * 100}%`, right: `${(1 - high) * 100}%` }} />
                  <b style={{ left: `${precision * 100}%` }} />
                </i>
                <small>
                  {chanceText(low)} – {chanceText(high)}
                </small>
              </td>
              <td>
                {t("reviews.right-of", { right, judged })}
                {is_weighted && <small> {t("reviews.weighted")}</small>}
              </td>
              <td>{cases}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
