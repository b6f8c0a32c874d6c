import { DownOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Flag, NotificationCard, Verdict } from "../protocol.gen";
import styles from "./FlagList.module.css";
import { clockTime } from "./format";
import { FLAG_ICONS } from "./icons";
import { NotificationRow } from "./NotificationRow";
import { Reasons } from "./Reasons";
import type { Shine } from "./spotlight";

/** What needs attention comes first; met flags then fold away. */
const SHOWN: readonly Verdict[] = ["breach", "at_risk", "abstained"];

interface Props {
  flags: readonly Flag[];
  /** What rules sent word of, to channels of the operator's. */
  notifications?: readonly NotificationCard[];
  shine: Shine;
  /** Id of the flag that says why from the start. */
  opened?: string | null;
  /** Told when the reader asks a flag why. */
  asked?: (flag: Flag) => void;
}

/** QA's verdicts, calmly: each says why on demand. */
export function FlagList({ flags, notifications = [], shine, opened = null, asked }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [toggledMet, setToggledMet] = useState<boolean | null>(null);
  const met = flags.filter((flag) => flag.verdict === "met");
  const groups = SHOWN.map((verdict) => flags.filter((flag) => flag.verdict === verdict));
  const shown = groups.flat();
  const showsMet = toggledMet ?? (shown.length === 0 || met.some((flag) => flag.flag_id === opened));
  return (
    <section className={styles.panel} aria-label={t("flag.title")} data-testid="flags">
      <header className={styles.head}>
        <h2>{t("flag.title")}</h2>
        {SHOWN.map((verdict, index) => {
          const count = groups[index]?.length ?? 0;
          return count > 0 && <em key={verdict} data-verdict={verdict}>{`${t(`verdict.${verdict}`)} ${count}`}</em>;
        })}
      </header>
      <div className={styles.scroller}>
        {flags.length === 0 && <p className={styles.empty}>{t("flag.empty")}</p>}
        <ul>
          {shown.map((flag) => (
            <FlagRow key={flag.flag_id} flag={flag} shine={shine} startsOpen={flag.flag_id === opened} asked={asked} />
          ))}
        </ul>
        {notifications.length > 0 && (
          <ul className={styles.notifications} aria-label={t("notification.title")}>
            {notifications.map((card) => (
              <NotificationRow key={card.notification.notification_id} card={card} shine={shine} />
            ))}
          </ul>
        )}
        {met.length > 0 && (
          <button
            type="button"
            className={styles.met}
            aria-expanded={showsMet}
            data-testid="met-flags"
            onClick={() => {
              setToggledMet(!showsMet);
            }}
          >
            {t("flag.met", { count: met.length })}
            <DownOutlined rotate={showsMet ? 180 : 0} />
          </button>
        )}
        {showsMet && (
          <ul>
            {met.map((flag) => (
              <FlagRow
                key={flag.flag_id}
                flag={flag}
                shine={shine}
                startsOpen={flag.flag_id === opened}
                asked={asked}
              />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  flag: Flag;
  shine: Shine;
  startsOpen: boolean;
  asked: ((flag: Flag) => void) | undefined;
}

function FlagRow({ flag, shine, startsOpen, asked }: RowProps): React.JSX.Element {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(startsOpen);
  const { flag_id, verdict, severity, score, title, at_ms, because } = flag;
  const Icon = FLAG_ICONS[verdict];
  return (
    <li data-testid={`flag-${flag_id}`} data-verdict={verdict} className={styles.flag}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
          if (!isOpen) asked?.(flag);
        }}
      >
        <Icon />
        <span>
          <strong>{title}</strong>
          <small>
            {t(`verdict.${verdict}`)}
            {verdict !== "met" && ` · ${t(`severity.${severity}`)}`}
            {score !== 0 && ` · ${t("points", { points: score > 0 ? `+${String(score)}` : `−${String(-score)}` })}`}
          </small>
        </span>
        <time>{clockTime(at_ms)}</time>
        <DownOutlined rotate={isOpen ? 180 : 0} />
      </button>
      {isOpen && <Reasons because={because} shine={shine} />}
    </li>
  );
}
