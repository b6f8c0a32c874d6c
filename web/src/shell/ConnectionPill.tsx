import { useTranslation } from "react-i18next";

import type { Link } from "../deskSocket";
import { useNow } from "../useNow";
import { useWidth } from "../useWidth";
import styles from "./HeaderBar.module.css";

/** State of this browser's connection to the server. */
export function ConnectionPill({ link, roundTrip_ms }: { link: Link; roundTrip_ms: number | null }): React.JSX.Element {
  const { t } = useTranslation();
  const now_ms = useNow(500);
  const isNarrow = useWidth() === "narrow";
  const text = ((): string => {
    switch (link.kind) {
      case "connecting":
        return t("link.connecting");
      case "open":
        return roundTrip_ms === null || isNarrow
          ? t("link.open")
          : t("link.open-with-delay", { ms: Math.round(roundTrip_ms) });
      case "waiting":
        return t("link.waiting", { seconds: Math.max(0, Math.ceil((link.retryAt_ms - now_ms) / 1000)) });
      case "refused":
        return t("link.refused");
    }
  })();
  return (
    <span className={styles.pill} data-testid="connection-state" data-state={link.kind} role="status">
      <i />
      {text}
    </span>
  );
}
