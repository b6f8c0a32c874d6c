import { DownOutlined, SendOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { NotificationCard } from "../protocol.gen";
import styles from "./FlagList.module.css";
import { clockTime } from "./format";
import { Reasons } from "./Reasons";
import type { Shine } from "./spotlight";

/** What a rule sent word of: to whom, whether it got there, and why on demand. */
export function NotificationRow({ card, shine }: { card: NotificationCard; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const { notification_id, channel, title, at_ms, because } = card.notification;
  const state = card.pushed?.state ?? "waiting";
  return (
    <li data-testid={`notification-${notification_id}`} data-state={state} className={styles.flag}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        <SendOutlined />
        <span>
          <strong>{title}</strong>
          <small>{`${t("notification.to", { channel })} · ${t(`notification.${state}`)}`}</small>
        </span>
        <time>{clockTime(at_ms)}</time>
        <DownOutlined rotate={isOpen ? 180 : 0} />
      </button>
      {isOpen && <Reasons because={because} shine={shine} />}
    </li>
  );
}
