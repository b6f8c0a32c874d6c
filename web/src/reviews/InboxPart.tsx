import { Empty, Spin } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { refreshInbox, useInbox } from "./inbox";
import { ReviewRow } from "./ReviewRow";

/** What waits for the signed-in user, what is due first first. */
export function InboxPart({ report }: { report: Report }): React.JSX.Element {
  const { t } = useTranslation();
  const inbox = useInbox();
  useEffect(() => {
    refreshInbox(report);
  }, [report]);
  if (inbox === null) return <Spin />;
  const { entries, overdue } = inbox;
  return (
    <div data-testid="inbox">
      {entries.length === 0 ? (
        <Empty description={t("reviews.inbox-empty")} />
      ) : (
        <p role="status">
          {t("reviews.inbox-count", { count: entries.length })}
          {overdue > 0 && ` · ${t("reviews.inbox-overdue", { count: overdue })}`}
        </p>
      )}
      {entries.map(({ what, review, due_at, is_overdue }) => (
        <ReviewRow
          key={`${what} ${review.review_id}`}
          review={{ ...review, due_at, is_overdue }}
          what={t(`reviews.what.${what}`)}
        />
      ))}
    </div>
  );
}
