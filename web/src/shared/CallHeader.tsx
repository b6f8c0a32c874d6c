import { DownloadOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { transcriptUrl } from "../api";
import type { CallView } from "../protocol.gen";
import { useNow } from "../useNow";
import styles from "./CallHeader.module.css";
import { CustomerCard } from "./CustomerCard";
import { clockTime } from "./format";

type CallPhase = "opening" | "live" | "closed" | "paused" | "detached";

function phaseOf(view: CallView): CallPhase {
  if (view.status !== "live") return view.status;
  return view.connection === "paused" || view.connection === "detached" ? view.connection : "live";
}

interface Props {
  view: CallView;
  /** Wall time on the server now, epoch milliseconds. */
  serverNow: () => number;
  /** Beside the export of a call that is over. */
  children?: ReactNode;
}

/** Who is calling, and the state and length of the call. */
export function CallHeader({ view, serverNow, children }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { agent } = view;
  const phase = phaseOf(view);
  return (
    <section className={styles.header} data-testid="call-header">
      <CustomerCard view={view} />
      <div className={styles.state}>
        <span className={styles.phase} data-phase={phase} data-testid="call-state">
          <i />
          {t(`call.${phase}`)}
        </span>
        <Timer view={view} serverNow={serverNow} />
        <small>
          {phase === "closed" && view.closed
            ? t(`cause.${view.closed.cause}`)
            : agent && t("call.agent", { name: agent.name || agent.agent_id })}
        </small>
        {phase === "closed" && (
          <span className={styles.tools}>
            {children}
            <Export callId={view.call_id} />
          </span>
        )}
      </div>
    </section>
  );
}

function Timer({ view, serverNow }: { view: CallView; serverNow: () => number }): React.JSX.Element {
  const { t } = useTranslation();
  // Renders every second; the time itself comes from the server's clock.
  useNow(1000);
  const openedAt_ms = view.opened_at === null ? null : Date.parse(view.opened_at);
  const isRunning = view.status === "live" && openedAt_ms !== null;
  const duration_ms = isRunning ? serverNow() - openedAt_ms : view.position_ms;
  return (
    <time className={styles.timer} aria-label={t("call.timer")} data-testid="timer">
      {clockTime(duration_ms)}
    </time>
  );
}

function Export({ callId }: { callId: string }): React.JSX.Element {
  const { t } = useTranslation();
  const items = (["text", "srt", "json"] as const).map((format) => ({
    key: format,
    label: (
      <a href={transcriptUrl(callId, format)} download>
        {t(`call.export-${format}`)}
      </a>
    ),
  }));
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button size="small" type="text" icon={<DownloadOutlined />} aria-label={t("call.export")} data-testid="export" />
    </Dropdown>
  );
}
