import { useTranslation } from "react-i18next";

import { useNow } from "../useNow";
import { away } from "./due";
import styles from "./Review.module.css";

const EVERY_MS = 60_000;

/** Until when something has to be done. */
export function DueText({
  due_at,
  isOverdue,
}: {
  due_at: string | null;
  isOverdue: boolean;
}): React.JSX.Element | null {
  const { t, i18n } = useTranslation();
  const now_ms = useNow(EVERY_MS);
  if (due_at === null) return null;
  const when = away(due_at, now_ms, i18n.language);
  return (
    <time
      className={styles.due}
      dateTime={due_at}
      data-overdue={isOverdue}
      title={new Date(due_at).toLocaleString(i18n.language, { dateStyle: "medium", timeStyle: "short" })}
    >
      {t(isOverdue ? "reviews.overdue" : "reviews.due", { when })}
    </time>
  );
}
