import { CheckOutlined, HistoryOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { CallView, CustomerHistory, StandingPromise } from "../protocol.gen";
import styles from "../shared/History.module.css";
import { usePastText } from "../shared/usePastText";

const SHOWN_PROMISES = 2;

interface Props {
  view: CallView;
  settle: (standing: StandingPromise) => void;
}

/** What the agent has to know of earlier calls before saying a word: a repeat call, promises that stand, no selling. */
export function HistoryNotice({ view, settle }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const { when } = usePastText();
  const { history } = view;
  if (history === null) return null;
  const promises = history.promises.slice(0, SHOWN_PROMISES);
  const isAgain = view.direction === "inbound" && history.calls_7d > 0;
  if (!isAgain && promises.length === 0 && history.opted_out_at === null) return null;
  const isBroken = promises.some(({ is_overdue }) => is_overdue);
  return (
    <section
      className={styles.notice}
      role="status"
      data-level={isBroken ? "high" : undefined}
      aria-label={t("history.title")}
      data-testid="history-notice"
    >
      <HistoryOutlined aria-hidden="true" />
      <ul>
        {isAgain && <Again view={view} history={history} />}
        {promises.map((standing) => (
          <li key={`${standing.call_id} ${standing.promise.promise_id}`} data-testid="standing-promise">
            <Standing standing={standing} />
            <Button
              size="small"
              icon={<CheckOutlined />}
              onClick={() => {
                settle(standing);
              }}
            >
              {t("history.kept")}
            </Button>
          </li>
        ))}
        {history.opted_out_at !== null && <li>{t("history.opted-out", { when: when(history.opted_out_at) })}</li>}
      </ul>
    </section>
  );
}

/** Which call this is: by number at once, by what it is about once that was heard. */
function Again({ view, history }: { view: CallView; history: CustomerHistory }): React.JSX.Element {
  const { t } = useTranslation();
  const { when, reasons } = usePastText();
  const { repeat } = view;
  const last = history.calls.find(({ direction }) => direction === "inbound");
  return (
    <li>
      <strong>
        {repeat === null
          ? t("history.again", { number: history.calls_7d + 1 })
          : t("history.repeat", { number: repeat.number, reason: reasons([repeat.intent]) })}
      </strong>
      {last && (
        <span>
          {t("history.last", { when: when(last.opened_at), reasons: reasons(last.reasons) || t("history.no-reason") })}
        </span>
      )}
    </li>
  );
}

function Standing({ standing: { promise, is_overdue } }: { standing: StandingPromise }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const made = { when: when(promise.made_at), quote: promise.quote };
  if (promise.due_at === null) return <span>{t("history.promised", made)}</span>;
  const due = { ...made, due: when(promise.due_at) };
  return is_overdue ? <strong>{t("history.overdue", due)}</strong> : <span>{t("history.due", due)}</span>;
}
