import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { useErrorText } from "../useErrorText";
import type { Phone } from "./phone";
import { partiesOf, type PhoneState } from "./phoneState";

/** What is wrong with the sound or the line now, and what to do about it. */
export function Trouble({ phone, state }: { phone: Phone; state: PhoneState }): React.JSX.Element {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { trouble, roomFailure, line, unheard, lost_ms, plan } = state;
  const parties = partiesOf(plan);
  return (
    <div role="status">
      {trouble !== null && (
        <Alert
          type="error"
          showIcon
          data-testid={`trouble-${trouble}`}
          title={t(`softphone.trouble.${trouble}.what`)}
          description={t(`softphone.trouble.${trouble}.do`)}
          action={
            (trouble === "microphone-ended" || trouble === "other-ended") && (
              <Button
                size="small"
                data-testid="connect-again"
                onClick={() => void (trouble === "microphone-ended" ? phone.openSound() : phone.connectOther())}
              >
                {t("softphone.connect-again")}
              </Button>
            )
          }
        />
      )}
      {roomFailure !== null && (
        <Alert
          type="error"
          showIcon
          data-testid={`room-${roomFailure.code}`}
          title={errorText(roomFailure.code, roomFailure.message)}
        />
      )}
      {line?.kind === "failed" && (
        <Alert
          type="error"
          showIcon
          data-testid={`line-${line.code}`}
          title={errorText(line.code, line.message)}
          description={
            line.retryAfter_s === null
              ? undefined
              : t("softphone.retry-after", { seconds: Math.ceil(line.retryAfter_s) })
          }
        />
      )}
      {line?.kind === "waiting" && (
        <Alert type="warning" showIcon title={t("softphone.waiting", { attempt: line.attempt })} />
      )}
      {unheard.map((input) => {
        const party = parties[input];
        const source = input === 0 || plan.other === "none" ? "microphone" : plan.other;
        return (
          party !== undefined && (
            <Alert
              key={input}
              type="warning"
              showIcon
              data-testid={`unheard-${party}`}
              title={t("softphone.unheard.what", { party: t(`party.${party}`) })}
              description={t(`softphone.unheard.${source}`)}
            />
          )
        );
      })}
      {lost_ms > 0 && (
        <Alert type="warning" showIcon title={t("softphone.lost", { seconds: (lost_ms / 1000).toFixed(1) })} />
      )}
    </div>
  );
}
