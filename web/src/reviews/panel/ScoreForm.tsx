import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { placeOf, type Shine } from "../../shared/spotlight";
import { useShortcuts } from "../../shared/useShortcuts";
import { giveScore, type ReviewDetail, type ReviewItem } from "../api";
import { faultOf, givenItems, judgementOf, proposalOf, totalOf, wantsReason, type Judgement } from "../scoring";
import { ItemCard } from "./ItemCard";
import { ItemList } from "./ItemList";
import styles from "./Panel.module.css";
import { TotalScore } from "./TotalScore";
import type { Reviewing } from "./useReview";
import { ValuePicker } from "./ValuePicker";

interface Props {
  reviewing: Reviewing;
  detail: ReviewDetail;
  shine: Shine;
  /** Before the items. */
  children: React.ReactNode;
  /** After them. */
  tail: React.ReactNode;
}

const MAX_CHARS = 2000;
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A scorecard that is filled in: by click or by key, with the score that it makes so far. */
export function ScoreForm({ reviewing, detail, shine, children, tail }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { draft, edit, send, isSending } = reviewing;
  const { items } = detail;
  const form = useRef<HTMLDivElement>(null);
  const [currentId, setCurrentId] = useState(items[0]?.item_id);
  const judge = (item: ReviewItem, change: Partial<Judgement>): void => {
    edit({ scores: { ...draft.scores, [item.item_id]: { ...judgementOf(item, draft.scores), ...change } } });
  };
  const elementOf = (itemId: string): HTMLElement | null =>
    form.current?.querySelector<HTMLElement>(`[data-testid="item-${CSS.escape(itemId)}"]`) ?? null;
  const turnTo = (itemId: string): void => {
    setCurrentId(itemId);
    elementOf(itemId)?.scrollIntoView({ block: "nearest" });
  };
  const current = items.find(({ item_id }) => item_id === currentId);
  const place = current === undefined ? -1 : items.indexOf(current);
  const step = (by: 1 | -1): void => {
    const next = items[place + by];
    if (next) turnTo(next.item_id);
  };
  useShortcuts({
    n: () => {
      step(1);
    },
    p: () => {
      step(-1);
    },
    x: () => {
      if (current) judge(current, { value: null });
    },
    v: () => {
      const [first] = current?.flags ?? [];
      if (first) shine(placeOf(first.evidence, first.at_ms));
    },
    r: () => {
      if (current) elementOf(current.item_id)?.querySelector("textarea")?.focus();
    },
    ...Object.fromEntries(
      DIGITS.map((digit) => [
        digit,
        () => {
          if (current && Number(digit) <= current.scale) judge(current, { value: Number(digit) });
        },
      ]),
    ),
  });

  const faulty = items.filter((item) => faultOf(item, judgementOf(item, draft.scores)) !== null);
  const [firstFaulty] = faulty;
  return (
    <>
      <div className={styles.scroller} ref={form} data-testid="score-form">
        {children}
        <ItemList detail={detail}>
          {(item) => {
            const judgement = judgementOf(item, draft.scores);
            const fault = faultOf(item, judgement);
            return (
              <ItemCard
                key={item.item_id}
                item={item}
                shine={shine}
                isCurrent={item.item_id === currentId}
                turn={() => {
                  setCurrentId(item.item_id);
                }}
                value={
                  <ValuePicker
                    item={item}
                    value={judgement.value}
                    choose={(value) => {
                      judge(item, { value });
                    }}
                  />
                }
              >
                {(wantsReason(item, judgement.value) || judgement.reason !== "") && (
                  <Input.TextArea
                    autoSize
                    maxLength={MAX_CHARS}
                    value={judgement.reason}
                    status={fault === "reason" ? "warning" : ""}
                    placeholder={t(proposalOf(item) === undefined ? "reviews.why-na" : "reviews.why-changed")}
                    aria-label={t("reviews.reason-of", { title: item.title })}
                    data-testid={`reason-${item.item_id}`}
                    onChange={({ target }) => {
                      judge(item, { reason: target.value });
                    }}
                  />
                )}
              </ItemCard>
            );
          }}
        </ItemList>
        <label className={styles.summary}>
          {t("reviews.summary")}
          <Input.TextArea
            autoSize={{ minRows: 2 }}
            maxLength={MAX_CHARS}
            value={draft.summary}
            placeholder={t("reviews.summary-hint")}
            data-testid="summary"
            onChange={({ target }) => {
              edit({ summary: target.value });
            }}
          />
        </label>
        {tail}
      </div>
      <footer className={styles.footer}>
        <TotalScore total={totalOf(items, (item) => judgementOf(item, draft.scores).value)} />
        {firstFaulty && (
          <button
            type="button"
            className={styles.left}
            data-testid="left"
            onClick={() => {
              turnTo(firstFaulty.item_id);
            }}
          >
            {t("reviews.left", { count: faulty.length })}
          </button>
        )}
        <Button
          type="primary"
          disabled={faulty.length > 0}
          loading={isSending}
          data-testid="give-score"
          onClick={() => {
            void send(
              (review) => giveScore(review, givenItems(items, draft.scores), draft.summary.trim()),
              ["scores", "summary"],
            );
          }}
        >
          {t("reviews.give-score")}
        </Button>
      </footer>
    </>
  );
}
