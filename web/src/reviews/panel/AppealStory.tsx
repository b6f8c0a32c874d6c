import { useTranslation } from "react-i18next";

import type { Line } from "../../protocol.gen";
import { clockTime } from "../../shared/format";
import type { Shine } from "../../shared/spotlight";
import { usePastText } from "../../shared/usePastText";
import { Link } from "../../shell/Link";
import type { Appeal, AppealPoint, Decision, ReviewItem } from "../api";
import { scoreText } from "../scoreText";
import { useValueText } from "../useValueText";
import styles from "./Panel.module.css";

interface Props {
  appeals: readonly Appeal[];
  items: readonly ReviewItem[];
  lines: readonly Line[];
  /** Whether the reader may see what rules learn from this. */
  readsRules: boolean;
  shine: Shine;
}

/** What the agent said against a score, with what was quoted, and what was decided. */
export function AppealStory({ appeals, items, lines, readsRules, shine }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  return (
    <>
      {appeals.map(({ level, text, points, by_name, at, decision }) => (
        <section key={at} className={styles.story} data-testid={`appeal-${level}`}>
          <h3>{t(`reviews.appeal-to.${level}`)}</h3>
          <small>
            {by_name} · {when(at)}
          </small>
          <blockquote>{text}</blockquote>
          <ul>
            {points.map((point, index) => (
              <Point key={index} point={point} items={items} lines={lines} shine={shine} />
            ))}
          </ul>
          {decision && <DecisionText decision={decision} items={items} readsRules={readsRules} />}
        </section>
      ))}
    </>
  );
}

interface PointProps {
  point: AppealPoint;
  items: readonly ReviewItem[];
  lines: readonly Line[];
  shine: Shine;
}

function Point({ point, items, lines, shine }: PointProps): React.JSX.Element {
  const item = items.find(({ item_id }) => item_id === point.item_id);
  const quoted = lines.filter(({ utterance_id }) => point.utterance_ids.includes(utterance_id));
  return (
    <li className={styles.point}>
      {item && <strong>{item.title}</strong>}
      {point.text !== "" && <p>{point.text}</p>}
      {quoted.map(({ utterance_id, start_ms, text }) => (
        <p key={utterance_id} className={styles.quote}>
          <button
            type="button"
            data-testid={`quoted-${utterance_id}`}
            onClick={() => {
              shine({ utteranceId: utterance_id, start_ms });
            }}
          >
            <time>{clockTime(start_ms)}</time> “{text}”
          </button>
        </p>
      ))}
    </li>
  );
}

interface DecisionProps {
  decision: Decision;
  items: readonly ReviewItem[];
  readsRules: boolean;
}

function DecisionText({ decision, items, readsRules }: DecisionProps): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const valueText = useValueText();
  const { outcome, reason, changes, score_before, score_after, rule_errors, by_name, at } = decision;
  return (
    <div className={styles.decision} data-outcome={outcome} data-testid="decision">
      <p>
        <b>{t(`reviews.outcome.${outcome}`)}</b>
        <span>
          {t("reviews.score")} {scoreText(score_before)}
          {score_after !== score_before && ` → ${scoreText(score_after)}`}
        </span>
      </p>
      <p>{reason}</p>
      <ul>
        {changes.map(({ item_id, before, after }) => {
          const item = items.find((one) => one.item_id === item_id);
          const scale = item?.scale ?? 1;
          return (
            <li key={item_id}>
              {item?.title ?? item_id}: {valueText(before, scale)} → {valueText(after, scale)}
            </li>
          );
        })}
        {rule_errors.map((error) => (
          <li key={error.case_id} data-testid={`rule-error-${error.case_id}`}>
            {t("reviews.rule-was-wrong", { rule: error.rule, expected: t(`reviews.expected.${error.expected}`) })}
            {readsRules && (
              <Link
                to={{ page: "reviews", part: "rules", asked: `rule=${encodeURIComponent(ruleIdOf(error.rule))}` }}
                data-testid="open-case"
              >
                {t("reviews.see-case")}
              </Link>
            )}
          </li>
        ))}
      </ul>
      <small>
        {by_name} · {when(at)}
      </small>
    </div>
  );
}

function ruleIdOf(rule: string): string {
  return rule.split("@")[0] ?? rule;
}
