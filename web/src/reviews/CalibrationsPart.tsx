import { Empty, Spin } from "antd";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { usePastText } from "../shared/usePastText";
import { Link } from "../shell/Link";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { AgreementOverview } from "./AgreementOverview";
import { listCalibrations, type Calibration } from "./calibrationApi";
import { ComparedScores } from "./ComparedScores";
import { DueText } from "./DueText";
import styles from "./Review.module.css";
import { StartCalibration } from "./StartCalibration";

interface Props {
  user: User;
  /** May name a call to begin with. */
  asked: string;
  report: Report;
}

/** Several reviewers score the same call without seeing each other's scores: who has, and how far they agree. */
export function CalibrationsPart({ user, asked, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { value, again } = useRead(listCalibrations, report);
  return (
    <div data-testid="calibrations">
      <p className={styles.explained}>{t("reviews.calibration-means")}</p>
      {user.permissions?.includes("review.assign") && (
        <StartCalibration callId={new URLSearchParams(asked).get("call") ?? ""} report={report} done={again} />
      )}
      <AgreementOverview report={report} />
      {value === null && <Spin />}
      {value?.calibrations.length === 0 && <Empty description={t("reviews.no-calibrations")} />}
      {value?.calibrations.map((one) => (
        <CalibrationCard key={one.calibration_id} calibration={one} user={user} report={report} />
      ))}
    </div>
  );
}

function CalibrationCard({
  calibration,
  user,
  report,
}: Omit<Props, "asked"> & { calibration: Calibration }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { calibration_id, call_id, opened_at, due_at, is_complete, reviews } = calibration;
  const own = reviews.find(({ reviewer_id }) => reviewer_id === user.user_id);
  const done = reviews.filter(({ state }) => state === "sealed").length;
  return (
    <article className={styles.row} data-testid={`calibration-${calibration_id}`}>
      <header>
        <h2>
          <Link to={{ page: "call", callId: call_id, ...(own && { reviewId: own.review_id }) }}>
            {t("reviews.calibration-of", { when: when(opened_at) })}
          </Link>
        </h2>
        <span role="status">{t("reviews.scored-by", { count: done, of: reviews.length })}</span>
        <span className={styles.marks}>
          {!is_complete && <DueText due_at={due_at} isOverdue={reviews.some(({ is_overdue }) => is_overdue)} />}
        </span>
      </header>
      <ul className={styles.people}>
        {reviews.map(({ review_id, reviewer_name, state }) => (
          <li key={review_id} data-done={state === "sealed"}>
            {reviewer_name} · {t(state === "sealed" ? "reviews.has-scored" : "reviews.has-not-scored")}
          </li>
        ))}
      </ul>
      {is_complete && <ComparedScores calibrationId={calibration_id} report={report} />}
    </article>
  );
}
