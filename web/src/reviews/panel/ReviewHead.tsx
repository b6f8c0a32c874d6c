import { Button, Popconfirm, Select, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../../useReport";
import { assign, move, type ReviewDetail } from "../api";
import { AssignButton } from "../AssignButton";
import { DueText } from "../DueText";
import { RiskReasons } from "../RiskReasons";
import { scoreText } from "../scoreText";
import { StateTag } from "../StateTag";
import styles from "./Panel.module.css";
import type { Reviewing } from "./useReview";

interface Props {
  reviewing: Reviewing;
  detail: ReviewDetail;
  report: Report;
}

/** Which review this is, who has it, until when; and its ways to other people. */
export function ReviewHead({ reviewing, detail, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { reviews, choose, send, isSending } = reviewing;
  const { review, card, may } = detail;
  return (
    <header className={styles.head}>
      {reviews !== null && reviews.length > 1 && (
        <Select
          size="small"
          value={review.review_id}
          aria-label={t("reviews.which")}
          options={reviews.map((one) => ({
            value: one.review_id,
            label: `${t(`reviews.kind.${one.kind}`)} · ${one.reviewer_name || t("reviews.nobody")} · ${t(`reviews.state.${one.state}`)}`,
          }))}
          onChange={choose}
        />
      )}
      <p>
        <strong>{card.title}</strong>
        <StateTag state={review.state} />
        {review.score !== null && (
          <b data-testid="score" data-zeroed={review.is_zeroed}>
            {scoreText(review.score)}
          </b>
        )}
      </p>
      <p className={styles.facts}>
        {review.kind === "calibration" && <span>{t("reviews.blind")}</span>}
        <span>{review.reviewer_name ? t("reviews.by", { name: review.reviewer_name }) : t("reviews.nobody")}</span>
        <DueText due_at={review.due_at} isOverdue={review.is_overdue} />
      </p>
      <RiskReasons review={review} />
      <p className={styles.actions}>
        {may.includes("take") && (
          <Button
            type="primary"
            size="small"
            loading={isSending}
            data-testid="take"
            onClick={() => {
              void send((one) => move(one, "take"), []);
            }}
          >
            {t("reviews.take")}
          </Button>
        )}
        {may.includes("release") && (
          <Button
            size="small"
            data-testid="release"
            onClick={() => {
              void send((one) => move(one, "release"), []);
            }}
          >
            {t("reviews.release")}
          </Button>
        )}
        {may.includes("assign") && (
          <AssignButton
            report={report}
            assign={(userId) => {
              void send((one) => assign(one, userId), []);
            }}
          />
        )}
        {may.includes("pass-on") && (
          <AskReason
            of="pass-on"
            done={(reason) => {
              void send((one) => move(one, "pass-on", reason), []);
            }}
          />
        )}
        {may.includes("withdraw") && (
          <AskReason
            of="withdraw"
            done={(reason) => {
              void send((one) => move(one, "withdraw", reason), []);
            }}
          />
        )}
      </p>
      {review.score !== null && detail.summary !== "" && <blockquote>{detail.summary}</blockquote>}
    </header>
  );
}

function AskReason({ of, done }: { of: "pass-on" | "withdraw"; done: (reason: string) => void }): React.JSX.Element {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <Popconfirm
      title={t(`reviews.move-why.${of}`)}
      description={
        <Input
          value={reason}
          maxLength={500}
          aria-label={t("reviews.reason")}
          placeholder={t("reviews.reason")}
          onChange={({ target }) => {
            setReason(target.value);
          }}
        />
      }
      okText={t(`reviews.move.${of}`)}
      okButtonProps={{ disabled: of === "withdraw" && reason.trim() === "" }}
      onConfirm={() => {
        done(reason.trim());
        setReason("");
      }}
    >
      <Button size="small" data-testid={of}>
        {t(`reviews.move.${of}`)}
      </Button>
    </Popconfirm>
  );
}
