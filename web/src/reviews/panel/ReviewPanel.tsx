import { Button, Empty, Spin } from "antd";
import { useTranslation } from "react-i18next";

import { Notice } from "../../playbooks/Notice";
import type { User } from "../../protocol";
import type { CallView } from "../../protocol.gen";
import type { Shine } from "../../shared/spotlight";
import { Link } from "../../shell/Link";
import type { Report } from "../../useReport";
import { move, type ReviewDetail, type ReviewItem } from "../api";
import { ChooseCall } from "../ChooseCall";
import { AppealForm } from "./AppealForm";
import { AppealStory } from "./AppealStory";
import { CoachingNotes } from "./CoachingNotes";
import { DecideForm } from "./DecideForm";
import { ItemList } from "./ItemList";
import styles from "./Panel.module.css";
import { ReviewHead } from "./ReviewHead";
import { ReviewHistory } from "./ReviewHistory";
import { ScoreForm } from "./ScoreForm";
import { StandingItem } from "./StandingItem";
import type { Reviewing } from "./useReview";

interface Props {
  reviewing: Reviewing;
  view: CallView;
  user: User;
  shine: Shine;
  /** The point of an appeal whose quotes are picked in the transcript. */
  picking: number | null;
  pick: (point: number | null) => void;
  report: Report;
}

/** The review of a call beside it: scored, answered, decided, coached. */
export function ReviewPanel(props: Props): React.JSX.Element {
  const { reviewing, user, view, report } = props;
  const { t } = useTranslation();
  const { reviews, detail, isStale, again } = reviewing;
  const mayChoose = user.permissions?.includes("review.assign") ?? false;
  return (
    <section className={styles.panel} aria-label={t("reviews.title")} data-testid="review">
      {isStale && (
        <Notice
          tone="warning"
          title={t("reviews.stale")}
          data-testid="stale"
          actions={
            <Button size="small" data-testid="reload" onClick={again}>
              {t("reviews.reload")}
            </Button>
          }
        >
          {t("reviews.stale-means")}
        </Notice>
      )}
      {detail === null && reviews === null && <Spin />}
      {detail === null && reviews?.length === 0 && (
        <div className={styles.none}>
          <Empty description={t("reviews.none-of-call")} />
          {mayChoose && view.status === "closed" && (
            <>
              <ChooseCall callId={view.call_id} report={report} done={again} />
              <Link to={{ page: "reviews", part: "calibrations", asked: `call=${view.call_id}` }}>
                {t("reviews.calibrate-this")}
              </Link>
            </>
          )}
        </div>
      )}
      {detail && <OpenReview {...props} detail={detail} />}
    </section>
  );
}

function OpenReview({ detail, ...props }: Props & { detail: ReviewDetail }): React.JSX.Element {
  const { reviewing, view, user, shine, report } = props;
  const { may, history, items, appeals } = detail;
  const head = <ReviewHead reviewing={reviewing} detail={detail} report={report} />;
  const story = (
    <AppealStory
      appeals={appeals}
      items={items}
      lines={view.lines}
      readsRules={user.permissions?.includes("review.read") ?? false}
      shine={shine}
    />
  );
  const coaching = <CoachingNotes reviewing={reviewing} detail={detail} />;
  const tail = (
    <>
      {!may.includes("acknowledge") && coaching}
      <ReviewHistory history={history} />
    </>
  );
  // Keyed by the review, for each has a current item of its own.
  if (may.includes("score")) {
    return (
      <ScoreForm key={detail.review.review_id} reviewing={reviewing} detail={detail} shine={shine} tail={tail}>
        {head}
      </ScoreForm>
    );
  }
  if (may.includes("decide")) {
    return (
      <DecideForm reviewing={reviewing} detail={detail} shine={shine} tail={tail}>
        {head}
        {story}
      </DecideForm>
    );
  }
  return (
    <>
      <div className={styles.scroller}>
        {head}
        {story}
        {may.includes("acknowledge") && coaching}
        <ItemList detail={detail}>
          {(item) => (
            <StandingItem key={item.item_id} item={item} shine={shine}>
              {may.includes("appeal") && <AppealItem {...props} item={item} />}
            </StandingItem>
          )}
        </ItemList>
        <AppealForm {...props} detail={detail} lines={view.lines} />
        {tail}
      </div>
      {may.includes("accept") && reviewing.draft.appeal === null && <AnswerBar {...props} />}
    </>
  );
}

/** A point of an appeal begins at the item that it is about. */
function AppealItem({ reviewing, item, pick }: Props & { item: ReviewItem }): React.JSX.Element {
  const { t } = useTranslation();
  const { draft, edit } = reviewing;
  const { text, points } = draft.appeal ?? { text: "", points: [] };
  if (points.some(({ itemId }) => itemId === item.item_id)) return <></>;
  return (
    <Button
      size="small"
      type="link"
      className={styles.appealItem ?? ""}
      data-testid={`appeal-${item.item_id}`}
      onClick={() => {
        const point = { itemId: item.item_id, flagId: item.flags[0]?.flag_id ?? null, utteranceIds: [], text: "" };
        edit({ appeal: { text, points: [...points, point] } });
        pick(null);
      }}
    >
      {t("reviews.appeal-item")}
    </Button>
  );
}

function AnswerBar({ reviewing }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { send, edit, isSending } = reviewing;
  return (
    <footer className={styles.footer}>
      <span>{t("reviews.answer-means")}</span>
      <Button
        data-testid="appeal"
        onClick={() => {
          edit({ appeal: { text: "", points: [] } });
        }}
      >
        {t("reviews.appeal")}
      </Button>
      <Button
        type="primary"
        loading={isSending}
        data-testid="accept-score"
        onClick={() => {
          void send((review) => move(review, "accept"), []);
        }}
      >
        {t("reviews.accept")}
      </Button>
    </footer>
  );
}
