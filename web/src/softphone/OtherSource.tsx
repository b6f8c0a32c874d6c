import { DesktopOutlined } from "@ant-design/icons";
import { Button, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { DevicePicker } from "./DevicePicker";
import type { Phone } from "./phone";
import { partiesOf, type Other, type PhoneState } from "./phoneState";
import styles from "./SoftphonePage.module.css";

const OTHERS: readonly Other[] = ["shared", "device", "none"];

/** Where the other party's leg comes from. */
export function OtherSource({ phone, state }: { phone: Phone; state: PhoneState }): React.JSX.Element {
  const { t } = useTranslation();
  const { plan, sound, hasOther, devices } = state;
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
      {plan.other !== "none" && sound === "on" && !hasOther && (
        <Button icon={<DesktopOutlined />} data-testid="connect-other" onClick={() => void phone.connectOther()}>
          {t(`softphone.connect-${plan.other}`)}
        </Button>
      )}
      {plan.other === "shared" && !hasOther && <p className={styles.hint}>{t("softphone.shared-how")}</p>}
    </>
  );
}
