import { PauseOutlined, PhoneOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { DrillPanel } from "./DrillPanel";
import { LevelMeter } from "./LevelMeter";
import type { Phone } from "./phone";
import { partiesOf, type PhoneState } from "./phoneState";
import { RoomCode } from "./RoomCode";
import styles from "./SoftphonePage.module.css";
import { Trouble } from "./Trouble";

/** The running call: how loud everybody is, hold, hang up, and in a drill whose turn it is. */
export function CallPanel({ phone, state }: { phone: Phone; state: PhoneState }): React.JSX.Element {
  const { t } = useTranslation();
  const { plan, line, held, drill, companion } = state;
  const [own, others] = partiesOf(plan);
  const phase = line?.kind === "open" ? (held ? "held" : "live") : (line?.kind ?? "connecting");
  return (
    <>
      <p className={styles.phase} data-phase={phase} data-testid="phone-phase" role="status">
        <i />
        {phase === "live" || phase === "held" || phase === "waiting"
          ? t(`softphone.phase.${phase}`)
          : t("softphone.phase.connecting")}
      </p>
      {own && <LevelMeter phone={phone} input={0} party={own} source={t("softphone.microphone")} />}
      {others && (
        <LevelMeter
          phone={phone}
          input={1}
          party={others}
          source={plan.mode === "drill" ? t("softphone.recording") : (companion?.name ?? t(`softphone.${plan.other}`))}
        />
      )}
      <Trouble phone={phone} state={state} />
      {companion !== null && companion.link !== "connected" && <RoomCode companion={companion} />}
      {drill && <DrillPanel phone={phone} drill={drill} held={held} />}
      <div className={styles.buttons}>
        <Button
          size="large"
          icon={held ? <PlayCircleOutlined /> : <PauseOutlined />}
          aria-pressed={held}
          data-testid="hold"
          onClick={() => {
            phone.hold(!held);
          }}
        >
          {t(held ? "softphone.unhold" : "softphone.hold")}
        </Button>
        <Button
          danger
          type="primary"
          size="large"
          icon={<PhoneOutlined />}
          data-testid="hang-up"
          onClick={phone.hangUp}
        >
          {t("softphone.hang-up")}
        </Button>
      </div>
      <p className={styles.hint}>{t(held ? "softphone.held-why" : "softphone.hold-why")}</p>
    </>
  );
}
