import { useTranslation } from "react-i18next";

import { usePastText } from "../../shared/usePastText";
import type { HistoryStep } from "../api";
import styles from "./Panel.module.css";

/** Who did what with the review, when, and why. */
export function ReviewHistory({ history }: { history: readonly HistoryStep[] }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  return (
    <details className={styles.history}>
      <summary data-testid="review-history">{t("reviews.history", { count: history.length })}</summary>
      <ol>
        {history.map(({ at, by_name, step, before, after, reason }, index) => (
          <li key={index}>
            <time dateTime={at}>{when(at)}</time>
            <span>
              <b>{by_name || t("app.name")}</b> {t(`reviews.did.${step}`)}
              {before !== null && before !== after && (
                <small>
                  {t(`reviews.state.${before}`)} → {t(`reviews.state.${after}`)}
                </small>
              )}
              {reason !== "" && <q>{reason}</q>}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
