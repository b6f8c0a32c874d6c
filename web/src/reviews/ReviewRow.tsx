import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import { usePastText } from "../shared/usePastText";
import { Link } from "../shell/Link";
import type { Review } from "./api";
import { DueText } from "./DueText";
import styles from "./Review.module.css";
import { RiskReasons } from "./RiskReasons";
import { scoreText } from "./scoreText";
import { StateTag } from "./StateTag";

interface Props {
  review: Review;
  /** What it waits for from its reader. */
  what?: string;
  /** What its reader may do here. */
  children?: React.ReactNode;
}

/** A review in a list; it opens beside its call. */
export function ReviewRow({ review, what, children }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { review_id, call_id, agent_id, agent_name, call_opened_at, duration_ms, kind, state, score } = review;
  return (
    <article className={styles.row} data-testid={`review-${review_id}`} data-overdue={review.is_overdue}>
      <header>
        <h2>
          <Link to={{ page: "call", callId: call_id, reviewId: review_id }} data-testid={`open-${review_id}`}>
            {what ?? t("call.agent", { name: agent_name || agent_id || "–" })}
          </Link>
        </h2>
        {what !== undefined && <span>{t("call.agent", { name: agent_name || agent_id || "–" })}</span>}
        <time dateTime={call_opened_at}>{when(call_opened_at)}</time>
        <span>{clockTime(duration_ms)}</span>
        {score !== null && <b data-zeroed={review.is_zeroed}>{t("reviews.points", { score: scoreText(score) })}</b>}
        <span className={styles.marks}>
          {kind === "calibration" && <em className={styles.state}>{t("reviews.kind.calibration")}</em>}
          <StateTag state={state} />
          <DueText due_at={review.due_at} isOverdue={review.is_overdue} />
        </span>
      </header>
      <RiskReasons review={review} />
      <footer>
        <span>{review.reviewer_name ? t("reviews.by", { name: review.reviewer_name }) : ""}</span>
        {review.unacknowledged > 0 && <span>{t("reviews.unacknowledged", { count: review.unacknowledged })}</span>}
        {children}
      </footer>
    </article>
  );
}
