import { useTranslation } from "react-i18next";

import { scoreText } from "../scoreText";
import type { Total } from "../scoring";
import styles from "./Panel.module.css";

/** A score, and the one before it where it changes. */
export function TotalScore({ total, before }: { total: Total; before?: number | null }): React.JSX.Element {
  const { t } = useTranslation();
  const { score, isZeroed } = total;
  const hasChanged = before !== undefined && before !== null && before !== score;
  return (
    <p className={styles.total} data-zeroed={isZeroed} role="status" data-testid="total">
      {hasChanged && <s>{scoreText(before)}</s>}
      <strong>{scoreText(score)}</strong>
      <small>{t(isZeroed ? "reviews.zeroed" : "reviews.of-100")}</small>
    </p>
  );
}
