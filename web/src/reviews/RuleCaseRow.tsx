import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import { usePastText } from "../shared/usePastText";
import { Link } from "../shell/Link";
import styles from "./Review.module.css";
import type { RuleCase } from "./rulesApi";

/** A call in which a rule was found wrong: what it said, what it should have said, and whether it does now. */
export function RuleCaseRow({ ruleCase }: { ruleCase: RuleCase }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { case_id, call_id, rule_id, rule, was, expected, at_ms, reason, by_name, at, now } = ruleCase;
  return (
    <article className={styles.row} data-testid={`case-${case_id}`} data-now={now}>
      <header>
        <h2>
          <code>{rule_id}</code>
        </h2>
        <span>{t("reviews.case-said", { was: t(`verdict.${was}`), expected: t(`reviews.expected.${expected}`) })}</span>
        <span className={styles.marks}>
          {now && (
            <em className={styles.state} data-now={now} data-testid="now">
              {t(`reviews.now.${now}`)}
            </em>
          )}
        </span>
      </header>
      {reason !== "" && <p>{reason}</p>}
      <footer>
        <Link to={{ page: "call", callId: call_id, at_ms, flagId: ruleCase.flag_id }}>
          {t("reviews.hear-case", { time: clockTime(at_ms) })}
        </Link>
        <span>{t("reviews.found-under", { rule })}</span>
        <span>
          {by_name} · {when(at)}
        </span>
      </footer>
    </article>
  );
}
