import { LogoutOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { LevelMeter } from "./LevelMeter";
import type { Phone } from "./phone";
import type { Companion, PhoneState } from "./phoneState";
import { RoomCode } from "./RoomCode";
import styles from "./SoftphonePage.module.css";
import { Trouble } from "./Trouble";

interface Props {
  phone: Phone;
  state: PhoneState;
  companion: Companion;
}

/** In the call of a colleague: how loud both are, and whether it is recorded now. */
export function GuestPanel({ phone, state, companion }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { call, name } = companion;
  return (
    <>
      <p className={styles.phase} data-phase={call} data-testid="guest-phase" role="status">
        <i />
        {t(`softphone.guest.${call}`)}
      </p>
      <RoomCode companion={companion} />
      <LevelMeter phone={phone} input={0} party="agent" name={t("softphone.me")} source={t("softphone.microphone")} />
      <LevelMeter
        phone={phone}
        input={1}
        party="customer"
        name={name ?? t("softphone.colleague")}
        source={t("softphone.direct")}
      />
      <Trouble phone={phone} state={state} />
      <Button danger size="large" icon={<LogoutOutlined />} data-testid="part" onClick={phone.part}>
        {t("softphone.part")}
      </Button>
      <p className={styles.hint}>{t("softphone.guest-how")}</p>
    </>
  );
}
