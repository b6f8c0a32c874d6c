import { useTranslation } from "react-i18next";

import { useInbox } from "../reviews/inbox";
import styles from "./Navigation.module.css";

/** How much waits for the user; loud when something is overdue. */
export function InboxBadge(): React.JSX.Element | null {
  const { t } = useTranslation();
  const inbox = useInbox();
  if (inbox === null || inbox.entries.length === 0) return null;
  const { entries, overdue } = inbox;
  return (
    <b
      className={styles.badge}
      data-overdue={overdue > 0}
      data-testid="inbox-badge"
      aria-label={t("reviews.inbox-count", { count: entries.length })}
    >
      {entries.length}
    </b>
  );
}
