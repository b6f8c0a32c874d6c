import { Spin } from "antd";
import { useTranslation } from "react-i18next";

import type { DeskState } from "../state/deskState";
import styles from "./EmptyDesk.module.css";

/** What stands where the call will be. */
export function EmptyDesk({ state }: { state: DeskState }): React.JSX.Element {
  const { t } = useTranslation();
  const isLoading = state.call !== null && state.failure === null;
  const waits = state.user.role === "agent" || state.liveCalls?.length === 0;
  return (
    <section className={styles.empty} data-testid="empty-desk">
      {isLoading ? (
        <>
          <Spin />
          <p>{t("empty.loading")}</p>
        </>
      ) : (
        <>
          <svg viewBox="0 0 120 64" aria-hidden="true">
            {BARS.map((height, index) => (
              <rect
                key={index}
                x={index * 10 + 3}
                y={32 - height / 2}
                width="4"
                height={height}
                rx="2"
                style={{ animationDelay: `${index * 120}ms` }}
              />
            ))}
          </svg>
          <h2>{waits ? t("empty.waiting-title") : t("empty.choose-title")}</h2>
          <p>{waits ? t("empty.waiting-body") : t("empty.choose-body")}</p>
        </>
      )}
    </section>
  );
}

/** Heights of the resting wave form. */
const BARS = [8, 14, 24, 36, 52, 40, 28, 44, 32, 20, 12, 8];
