import { Button, Input, Segmented } from "antd";
import { useTranslation } from "react-i18next";

import type { Shine } from "../../shared/spotlight";
import { decide, type Outcome, type ReviewDetail, type ReviewItem } from "../api";
import { changedItems, decisionFault, givenDecision } from "../drafts";
import { totalOf } from "../scoring";
import { useValueText } from "../useValueText";
import { ItemCard } from "./ItemCard";
import { ItemList } from "./ItemList";
import styles from "./Panel.module.css";
import { RuleErrorForm } from "./RuleErrorForm";
import { TotalScore } from "./TotalScore";
import type { Reviewing } from "./useReview";
import { ValuePicker } from "./ValuePicker";

interface Props {
  reviewing: Reviewing;
  detail: ReviewDetail;
  shine: Shine;
  /** What is to be decided about. */
  children: React.ReactNode;
  /** After it. */
  tail: React.ReactNode;
}

const OUTCOMES: readonly Outcome[] = ["granted", "partly", "rejected"];
const MAX_CHARS = 2000;

/** An appeal while it is decided: each item with the value that it has and the one it gets, and what the rules did wrong. */
export function DecideForm({ reviewing, detail, shine, children, tail }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { draft, edit, send, isSending } = reviewing;
  const { items, review } = detail;
  const fault = decisionFault(items, draft);
  const changed = changedItems(items, draft.changes);
  const valueOf = (item: ReviewItem): number | null => {
    const value = draft.changes[item.item_id]?.value;
    return value === undefined ? item.value : value;
  };
  return (
    <>
      <div className={styles.scroller} data-testid="decide-form">
        {children}
        <ItemList detail={detail}>
          {(item) => (
            <ItemCard
              key={item.item_id}
              item={item}
              shine={shine}
              value={
                <ChangeRow
                  item={item}
                  value={valueOf(item)}
                  isChanged={changed.includes(item)}
                  choose={(value) => {
                    edit({ changes: { ...draft.changes, [item.item_id]: { value, reason: "" } } });
                  }}
                />
              }
            >
              {item.flags.map((flag) => (
                <RuleErrorForm key={flag.flag_id} flag={flag} errors={draft.errors} edit={edit} />
              ))}
            </ItemCard>
          )}
        </ItemList>
        <Segmented<Outcome | "">
          block
          value={draft.outcome ?? ""}
          aria-label={t("reviews.outcome-title")}
          options={OUTCOMES.map((value) => ({ value, label: t(`reviews.outcome.${value}`) }))}
          onChange={(value) => {
            if (value !== "") edit({ outcome: value });
          }}
        />
        <Input.TextArea
          autoSize={{ minRows: 2 }}
          maxLength={MAX_CHARS}
          value={draft.reason}
          placeholder={t("reviews.decision-hint")}
          aria-label={t("reviews.decision-hint")}
          data-testid="decision-reason"
          onChange={({ target }) => {
            edit({ reason: target.value });
          }}
        />
        {tail}
      </div>
      <footer className={styles.footer}>
        <TotalScore total={totalOf(items, valueOf)} before={review.score} />
        {fault && <span className={styles.left}>{t(`reviews.decision-fault.${fault}`)}</span>}
        <Button
          type="primary"
          disabled={fault !== null}
          loading={isSending}
          data-testid="decide"
          onClick={() => {
            void send((one) => decide(one, givenDecision(items, draft)), ["outcome", "reason", "changes", "errors"]);
          }}
        >
          {t("reviews.decide")}
        </Button>
      </footer>
    </>
  );
}

interface ChangeProps {
  item: ReviewItem;
  value: number | null;
  isChanged: boolean;
  choose: (value: number | null) => void;
}

function ChangeRow({ item, value, isChanged, choose }: ChangeProps): React.JSX.Element {
  const { t } = useTranslation();
  const valueText = useValueText();
  const before = valueText(item.value, item.scale);
  return (
    <>
      {item.reason !== "" && <p className={styles.guidance}>{t("reviews.because", { reason: item.reason })}</p>}
      <div className={styles.change} data-changed={isChanged}>
        <small>{isChanged ? t("reviews.changed-from", { before }) : t("reviews.stays")}</small>
        <ValuePicker item={item} value={value} choose={choose} />
      </div>
    </>
  );
}
