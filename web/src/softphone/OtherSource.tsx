import { LinkOutlined } from "@ant-design/icons";
import { Button, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { DevicePicker } from "./DevicePicker";
import type { Phone } from "./phone";
import { partiesOf, type Other, type PhoneState } from "./phoneState";
import { RoomCode } from "./RoomCode";
import styles from "./SoftphonePage.module.css";

const OTHERS: readonly Other[] = ["colleague", "shared", "device", "none"];

/** Where the other party's leg comes from. */
export function OtherSource({ phone, state }: { phone: Phone; state: PhoneState }): React.JSX.Element {
  const { t } = useTranslation();
  const { plan, sound, hasOther, devices, companion } = state;
  const party = partiesOf({ ...plan, other: "shared" })[1] ?? "customer";
  return (
    <>
      <h2 id="softphone-other">{t("softphone.other", { party: t(`party.${party}`) })}</h2>
      <Radio.Group
        className={styles.choices ?? ""}
        aria-labelledby="softphone-other"
        value={plan.other}
        onChange={({ target }) => {
          phone.plan({ other: OTHERS.find((one) => one === target.value) ?? "none" });
        }}
        options={OTHERS.map((value) => ({ value, label: t(`softphone.${value}`) }))}
      />
      {plan.other === "device" && sound === "on" && (
        <DevicePicker
          devices={devices}
          chosen={plan.otherDevice}
          label={t("softphone.device")}
          choose={(otherDevice) => {
            phone.plan({ otherDevice });
          }}
        />
      )}
      {companion !== null && <RoomCode companion={companion} />}
      {plan.other !== "none" && sound === "on" && !hasOther && companion === null && (
        <Button icon={<LinkOutlined />} data-testid="connect-other" onClick={() => void phone.connectOther()}>
          {t(`softphone.connect-${plan.other}`)}
        </Button>
      )}
      {(plan.other === "shared" || plan.other === "colleague") && !hasOther && (
        <p className={styles.hint}>{t(`softphone.${plan.other}-how`)}</p>
      )}
    </>
  );
}
