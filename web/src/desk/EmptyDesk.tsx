import { ReloadOutlined } from "@ant-design/icons";
import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";

import type { DeskState } from "../state/deskState";
import { useErrorText } from "../useErrorText";
import styles from "./EmptyDesk.module.css";

interface Props {
  state: DeskState;
  choose: (callId: string) => void;
}

/** What stands where the call will be. */
export function EmptyDesk({ state, choose }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { call } = state;
  if (call?.readFailure) {
    return <UnreadCall callId={call.callId} failure={call.readFailure} choose={choose} />;
  }
  const isLoading = call !== null && state.failure === null;
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

interface UnreadProps {
  callId: string;
  failure: { readonly code: string; readonly message: string };
  choose: (callId: string) => void;
}

function UnreadCall({ callId, failure, choose }: UnreadProps): React.JSX.Element {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <section className={styles.empty} data-testid="empty-desk" role="alert">
      <h2>{t("empty.unread-title")}</h2>
      <p>{errorText(failure.code, failure.message)}</p>
      <Button
        className={styles.retry ?? ""}
        icon={<ReloadOutlined />}
        data-testid="retry-call"
        onClick={() => {
          choose(callId);
        }}
      >
        {t("empty.retry")}
      </Button>
    </section>
  );
}

/** Heights of the resting wave form. */
const BARS = [8, 14, 24, 36, 52, 40, 28, 44, 32, 20, 12, 8];
