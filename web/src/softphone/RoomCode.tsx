import { useTranslation } from "react-i18next";

import type { Companion } from "./phoneState";
import styles from "./SoftphonePage.module.css";

/** The code that leads a colleague here, and whether somebody has come. */
export function RoomCode({ companion }: { companion: Companion }): React.JSX.Element {
  const { t } = useTranslation();
  const { code, name, link } = companion;
  return (
    <div className={styles.room} data-link={link} data-testid="companion">
      {code !== null && (
        <p>
          {t("softphone.code")}
          <strong data-testid="room-code">{code}</strong>
        </p>
      )}
      <p role="status">{t(`softphone.link.${link}`, { name: name ?? t("softphone.colleague") })}</p>
    </div>
  );
}
