import { useTranslation } from "react-i18next";

import type { ReviewState } from "./api";
import styles from "./Review.module.css";

/** Where a review is on its way. */
export function StateTag({ state }: { state: ReviewState }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <em className={styles.state} data-state={state} data-testid="review-state">
      {t(`reviews.state.${state}`)}
    </em>
  );
}
