import { PlusOutlined } from "@ant-design/icons";
import { Button, Empty, Popover, Segmented, Spin } from "antd";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { goTo } from "../route";
import type { Report } from "../useReport";
import { assign, move } from "./api";
import { AssignButton } from "./AssignButton";
import { ChooseCall } from "./ChooseCall";
import { refreshInbox } from "./inbox";
import { QueueFilters } from "./QueueFilters";
import { askedOf, queryOf, questionOf, STAGE_NAMES, type Question, type Stage } from "./question";
import styles from "./Review.module.css";
import { ReviewRow } from "./ReviewRow";
import { useReviews } from "./useReviews";

interface Props {
  user: User;
  asked: string;
  report: Report;
}

/** Reviews by their stage: those that wait with the riskiest call first. Agents have those of their own calls. */
export function QueuePart({ user, asked, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const question = questionOf(asked);
  const reads = user.permissions?.includes("review.read") ?? false;
  const mayAssign = user.permissions?.includes("review.assign") ?? false;
  const mayScore = user.permissions?.includes("review.score") ?? false;
  const usual: Stage = reads ? "waiting" : "all";
  const { reviews, more, again } = useReviews(queryOf(question, usual), report);
  const ask = (next: Question): void => {
    goTo({ page: "reviews", part: "queue", asked: askedOf(next) });
  };
  const act = (step: Promise<unknown>): void => {
    step
      .then(() => undefined, report)
      .finally(() => {
        again();
        refreshInbox();
      });
  };
  const stages = reads ? STAGE_NAMES : STAGE_NAMES.filter((stage) => stage !== "waiting" && stage !== "scoring");
  return (
    <div data-testid="queue">
      <div className={styles.tools}>
        <Segmented<Stage>
          value={question.stage ?? usual}
          aria-label={t("reviews.stage-title")}
          options={stages.map((value) => ({ value, label: t(`reviews.stage.${value}`) }))}
          onChange={(stage) => {
            ask({ ...question, stage });
          }}
        />
        {reads && <QueueFilters question={question} ask={ask} report={report} />}
        {mayAssign && (
          <Popover trigger="click" placement="bottomRight" content={<ChooseCall report={report} done={again} />}>
            <Button icon={<PlusOutlined />} data-testid="choose-a-call">
              {t("reviews.choose-a-call")}
            </Button>
          </Popover>
        )}
      </div>
      {reviews === null && <Spin />}
      {reviews?.length === 0 && <Empty description={t("reviews.queue-empty")} />}
      {reviews?.map((review) => (
        <ReviewRow key={review.review_id} review={review}>
          {mayScore && review.state === "queued" && (
            <Button
              size="small"
              type="primary"
              data-testid={`take-${review.review_id}`}
              onClick={() => {
                act(move(review, "take"));
              }}
            >
              {t("reviews.take")}
            </Button>
          )}
          {review.state === "in_review" && review.kind === "audit" && review.reviewer_id === user.user_id && (
            <Button
              size="small"
              onClick={() => {
                act(move(review, "release"));
              }}
            >
              {t("reviews.release")}
            </Button>
          )}
          {mayAssign && (review.state === "queued" || review.state === "in_review") && (
            <AssignButton
              report={report}
              assign={(userId) => {
                act(assign(review, userId));
              }}
            />
          )}
        </ReviewRow>
      ))}
      {more && (
        <Button block data-testid="more-reviews" onClick={more}>
          {t("archive.more")}
        </Button>
      )}
    </div>
  );
}
