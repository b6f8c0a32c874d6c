import { Button, Empty, Input, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { dayOf } from "../archive/days";
import { usePastText } from "../shared/usePastText";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { draw, listDraws, type Draw } from "./api";
import { chanceText, standsFor } from "./chance";
import styles from "./Review.module.css";

const DAY_MS = 86_400_000;

/** Which calls of a day are looked at: the riskiest, and some by chance, so that rates hold for all. */
export function DrawsPart({ report }: { report: Report }): React.JSX.Element {
  const { t } = useTranslation();
  const { value, again } = useRead(listDraws, report);
  const [day, setDay] = useState(() => dayOf(new Date(Date.now() - DAY_MS).toISOString()));
  const [isSending, setIsSending] = useState(false);
  return (
    <div data-testid="draws">
      <p className={styles.explained}>{t("reviews.draw-means")}</p>
      <form
        className={styles.tools}
        onSubmit={(event) => {
          event.preventDefault();
          setIsSending(true);
          draw(day)
            .then(again, report)
            .finally(() => {
              setIsSending(false);
            });
        }}
      >
        <Input
          type="date"
          value={day}
          aria-label={t("reviews.day")}
          data-testid="draw-day"
          onChange={({ target }) => {
            setDay(target.value);
          }}
        />
        <Button type="primary" htmlType="submit" disabled={day === ""} loading={isSending} data-testid="draw">
          {t("reviews.draw")}
        </Button>
      </form>
      {value === null && <Spin />}
      {value?.draws.length === 0 && <Empty description={t("reviews.no-draws")} />}
      {value?.draws.map((one) => (
        <DrawCard key={one.draw_id} draw={one} />
      ))}
    </div>
  );
}

function DrawCard({ draw: one }: { draw: Draw }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { day, calls, risk_calls, random_calls, inclusion, seed, until, at } = one;
  const rest = calls - risk_calls;
  return (
    <article className={styles.row} data-testid={`draw-${day}`}>
      <header>
        <h2>{day}</h2>
        <span>{t("reviews.draw-calls", { count: calls, when: when(until) })}</span>
        <time dateTime={at}>{t("reviews.drawn", { when: when(at) })}</time>
      </header>
      {calls > 0 && <p>{t("reviews.draw-risk", { count: risk_calls })}</p>}
      {inclusion !== null && random_calls > 0 ? (
        <p>
          {t("reviews.draw-random", {
            count: random_calls,
            rest,
            chance: chanceText(inclusion),
            stands: standsFor(inclusion),
          })}
        </p>
      ) : (
        calls > 0 && <p>{t(rest === 0 ? "reviews.draw-all" : "reviews.draw-no-random")}</p>
      )}
      <small>{t("reviews.draw-seed", { seed })}</small>
    </article>
  );
}
