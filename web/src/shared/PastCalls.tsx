import { useTranslation } from "react-i18next";

import type { CallView } from "../protocol.gen";
import styles from "./History.module.css";
import { usePastText } from "./usePastText";

/** The customer's last calls in a line: when, and what about. */
export function PastCalls({ view }: { view: CallView }): React.JSX.Element | null {
  const { t } = useTranslation();
  const { when, reasons } = usePastText();
  const calls = view.history?.calls ?? [];
  if (calls.length === 0) return null;
  return (
    <ol className={styles.calls} aria-label={t("history.title")} data-testid="past-calls">
      {calls.map(({ call_id, opened_at, agent, direction, reasons: intents }) => (
        <li key={call_id} title={agent ? t("history.by", { name: agent.name || agent.agent_id }) : undefined}>
          <time dateTime={opened_at}>{when(opened_at)}</time>
          {direction === "outbound" && <small>{t("history.outbound")}</small>}
          <span>{reasons(intents) || t("history.no-reason")}</span>
        </li>
      ))}
    </ol>
  );
}
