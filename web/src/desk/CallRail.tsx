import { FlagFilled } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import type { CallSummary } from "../protocol.gen";
import { clockTime } from "../shared/format";
import type { DeskState } from "../state/deskState";
import styles from "./CallRail.module.css";

interface Props {
  state: DeskState;
  choose: (callId: string) => void;
}

/** The calls to choose from: live ones first, then recent ones. */
export function CallRail({ state, choose }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const live = state.liveCalls ?? [];
  const isLive = new Set(live.map(({ call_id }) => call_id));
  const recent = state.recentCalls.filter(({ call_id }) => !isLive.has(call_id));
  const row = (call: CallSummary): React.JSX.Element => (
    <CallRow
      key={call.call_id}
      call={call}
      isLive={isLive.has(call.call_id)}
      isChosen={state.call?.callId === call.call_id}
      withAgent={state.user.role !== "agent"}
      choose={choose}
    />
  );
  return (
    <nav className={styles.rail} aria-label={t("calls.title")}>
      <h2>
        {t("calls.live")} <em>{live.length || null}</em>
      </h2>
      {live.length > 0 ? <ul data-testid="live-calls">{live.map(row)}</ul> : <p>{t("calls.none-live")}</p>}
      <h2>{t("calls.recent")}</h2>
      {recent.length > 0 ? <ul data-testid="recent-calls">{recent.map(row)}</ul> : <p>{t("calls.none-recent")}</p>}
    </nav>
  );
}

interface RowProps {
  call: CallSummary;
  isLive: boolean;
  isChosen: boolean;
  withAgent: boolean;
  choose: (callId: string) => void;
}

function CallRow({ call, isLive, isChosen, withAgent, choose }: RowProps): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const openedAt = new Date(call.opened_at);
  const isToday = openedAt.toDateString() === new Date().toDateString();
  const when = isToday
    ? openedAt.toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit" })
    : openedAt.toLocaleDateString(i18n.language, { month: "numeric", day: "numeric" });
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        aria-current={isChosen}
        data-testid={`call-${call.call_id}`}
        onClick={() => {
          choose(call.call_id);
        }}
      >
        <strong>
          {isLive && <i className={styles.pulse} />}
          {call.customer_name || call.customer_id || t("calls.unknown-customer")}
        </strong>
        <time dateTime={call.opened_at}>{when}</time>
        <span>
          {isLive ? t("call.live") : clockTime(call.duration_ms)}
          {withAgent && call.agent_name && ` · ${call.agent_name}`}
        </span>
        {call.flags > 0 && (
          <Tooltip title={t("calls.flags", { count: call.flags })}>
            <b>
              <FlagFilled /> {call.flags}
            </b>
          </Tooltip>
        )}
      </button>
    </li>
  );
}
