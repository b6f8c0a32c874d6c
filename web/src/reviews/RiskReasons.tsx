import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { useTexts } from "../shared/useTexts";
import type { Review, RiskReason } from "./api";
import styles from "./Review.module.css";
import { chanceText, standsFor } from "./chance";

/** Why this call is looked at: by its risk, point by point, by chance, or because somebody chose it. */
export function RiskReasons({ review }: { review: Review }): React.JSX.Element | null {
  const { t } = useTranslation();
  const { origin, risk, reasons, inclusion } = review;
  const reasonText = useReasonText();
  if (origin === null) return null;
  return (
    <ul className={styles.reasons} data-testid="risk-reasons">
      <li data-origin={origin}>
        <Tooltip
          title={t(`reviews.origin-means.${origin}`, {
            chance: chanceText(inclusion ?? 0),
            count: standsFor(inclusion ?? 1),
          })}
        >
          <span tabIndex={0}>{t(`reviews.origin.${origin}`)}</span>
        </Tooltip>
      </li>
      {risk > 0 && <li data-risk={levelOf(risk)}>{t("reviews.risk", { risk })}</li>}
      {reasons.map((reason) => (
        <li key={`${reason.code} ${reason.label}`}>
          {reasonText(reason)}
          <b>+{reason.points}</b>
        </li>
      ))}
    </ul>
  );
}

function levelOf(risk: number): "high" | "middle" | "low" {
  return risk >= 60 ? "high" : risk >= 30 ? "middle" : "low";
}

function useReasonText(): (reason: RiskReason) => string {
  const { t, nameOf } = useTexts();
  return ({ code, label, title }) => {
    const told = title || (code === "anger" || code === "worse-at-end" ? nameOf("emotion", label) : label);
    const text = t(`reviews.reason-code.${code}`);
    return told === "" ? text : t("reviews.reason-of-what", { text, what: told });
  };
}
