import { ApiOutlined, DisconnectOutlined, PauseCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { Link } from "../deskSocket";
import type { CallDegraded, CallView } from "../protocol.gen";
import { clockTime } from "../shared/format";
import styles from "./Impairments.module.css";
import { SwapLegs } from "./SwapLegs";

const TOLD_APART = [
  ...(["recognition-behind", "recogniser-fallback", "phrases-failed", "understanding-failed", "roles-failed"] as const),
  ...(["leg-missing", "leg-silent", "legs-identical", "legs-swapped", "wrong-codec", "voices-shed"] as const),
] as const;

type Told = CallDegraded & { part: Exclude<CallDegraded["part"], "agent-hour"> };

/** Whether it changes anything for the agent: they see as many cues as ever while nobody knows their last hour. */
function matters(one: CallDegraded): one is Told {
  return one.part !== "agent-hour";
}

/** Whose texts tell of an impairment: those of its code, if it has its own, or else of the part. */
function subjectOf({ part, code }: Told): (typeof TOLD_APART)[number] | Told["part"] {
  return TOLD_APART.find((known) => known === code) ?? part;
}

interface Props {
  link: Link;
  view: CallView | null;
  retry: () => void;
  /** Exchange agent and customer; null: this user may not, or these legs cannot be. */
  swap?: (() => Promise<boolean>) | null;
}

/** Says what does not work now, and what still does. */
export function Impairments({ link, view, retry, swap = null }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const isLive = view?.status === "live";
  const connection =
    isLive && (view.connection === "paused" || view.connection === "detached") ? view.connection : null;
  const degraded = isLive ? view.degraded.filter(matters) : [];
  return (
    <div className={styles.stack} role="status">
      {link.kind === "waiting" && (
        <div className={styles.banner} data-level="high" data-testid="offline-banner">
          <DisconnectOutlined />
          <p>{t("link.offline-banner", { attempt: link.attempt })}</p>
          <Button size="small" onClick={retry}>
            {t("link.retry")}
          </Button>
        </div>
      )}
      {link.kind === "refused" && link.code === "foreign-origin" && (
        <div className={styles.banner} data-level="high">
          <DisconnectOutlined />
          <p>{t("error.with-code", { text: t("error.codes.foreign-origin"), code: link.code })}</p>
        </div>
      )}
      {connection && (
        <div className={styles.banner} data-testid={`call-${connection}`}>
          {connection === "paused" ? <PauseCircleOutlined /> : <ApiOutlined />}
          <p>
            <strong>{t(`impaired.${connection}.what`)}</strong>
            {t(`impaired.${connection}.works`)}
          </p>
        </div>
      )}
      {degraded.map((one) => (
        <div
          className={styles.banner}
          key={`${one.part}-${one.code}-${one.party ?? ""}`}
          data-testid={`degraded-${one.part}`}
          title={one.reason}
        >
          <WarningOutlined />
          <p>
            <strong>
              {t(`impaired.${subjectOf(one)}.what`)}
              {one.party && ` · ${t(`party.${one.party}`)}`}
            </strong>
            {t(`impaired.${subjectOf(one)}.works`)}
          </p>
          {one.code === "legs-swapped" && swap && <SwapLegs swap={swap} inWords />}
          <small>
            {t("impaired.since", { time: clockTime(one.at_ms) })} · <code>{one.code}</code>
          </small>
        </div>
      ))}
    </div>
  );
}
