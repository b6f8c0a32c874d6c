import { AudioOutlined, PhoneOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Segmented } from "antd";
import { useTranslation } from "react-i18next";

import { CasePicker } from "./CasePicker";
import { DevicePicker } from "./DevicePicker";
import { LevelMeter } from "./LevelMeter";
import { OtherSource } from "./OtherSource";
import type { Phone } from "./phone";
import { missing, partiesOf, type DrillCase, type Mode, type PhoneState, type Plan } from "./phoneState";
import styles from "./SoftphonePage.module.css";
import { Trouble } from "./Trouble";

interface Props {
  phone: Phone;
  state: PhoneState;
  /** null while they are read. */
  cases: readonly DrillCase[] | null;
}

const MODES: readonly Mode[] = ["carry", "join", "drill"];
const ROLES = ["agent", "customer"] as const;
const GUIDANCE = ["novice", "expert"] as const;

/** What is settled before a call: what for, whose sound from where, and that everybody knows of the recording. */
export function SetupPanel({ phone, state, cases }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { plan, sound, hasOther } = state;
  const lacking = missing(state);
  const [own, others] = partiesOf(plan);
  const choose =
    <K extends keyof Plan>(key: K) =>
    (value: Plan[K]): void => {
      phone.plan({ [key]: value });
    };
  return (
    <>
      <Segmented<Mode>
        block
        value={plan.mode}
        onChange={choose("mode")}
        options={MODES.map((value) => ({ value, label: t(`softphone.mode.${value}.name`) }))}
      />
      <p className={styles.hint}>{t(`softphone.mode.${plan.mode}.what`)}</p>
      {plan.mode === "drill" && <CasePicker cases={cases} chosen={state.drillCase} choose={phone.chooseCase} />}
      {plan.mode === "carry" && (
        <div className={styles.field}>
          <span id="softphone-role">{t("softphone.role")}</span>
          <Segmented
            aria-labelledby="softphone-role"
            value={plan.role}
            onChange={choose("role")}
            options={ROLES.map((value) => ({ value, label: t(`party.${value}`) }))}
          />
        </div>
      )}
      {plan.mode === "join" ? (
        <Input
          value={plan.code}
          maxLength={6}
          inputMode="numeric"
          autoComplete="off"
          placeholder={t("softphone.code-given")}
          aria-label={t("softphone.code-given")}
          data-testid="join-code"
          onChange={({ target }) => {
            choose("code")(target.value.trim());
          }}
        />
      ) : (
        <div className={styles.field}>
          <span id="softphone-guidance">{t("softphone.guidance")}</span>
          <Segmented
            aria-labelledby="softphone-guidance"
            value={plan.guidance}
            onChange={choose("guidance")}
            options={GUIDANCE.map((value) => ({ value, label: t(`softphone.${value}`) }))}
          />
        </div>
      )}
      <h2>{t("softphone.microphone")}</h2>
      {sound === "on" ? (
        <>
          <DevicePicker
            devices={state.devices}
            chosen={plan.microphone}
            label={t("softphone.microphone")}
            choose={choose("microphone")}
          />
          {own && (
            <LevelMeter
              phone={phone}
              input={0}
              party={own}
              {...(plan.mode === "join" && { name: t("softphone.me") })}
              source={t("softphone.microphone")}
            />
          )}
        </>
      ) : (
        <Button
          icon={<AudioOutlined />}
          loading={sound === "opening"}
          data-testid="open-sound"
          onClick={() => void phone.openSound()}
        >
          {t("softphone.open-sound")}
        </Button>
      )}
      {plan.mode === "carry" && <OtherSource phone={phone} state={state} />}
      {hasOther && others && (
        <LevelMeter phone={phone} input={1} party={others} source={t(`softphone.${plan.other}`)} />
      )}
      <Trouble phone={phone} state={state} />
      <Checkbox
        checked={plan.agreed}
        data-testid="agree"
        onChange={({ target }) => {
          choose("agreed")(target.checked);
        }}
      >
        {t(`softphone.agree.${plan.mode}`)}
      </Checkbox>
      <Button
        type="primary"
        size="large"
        icon={<PhoneOutlined />}
        disabled={lacking !== null}
        data-testid="start-call"
        onClick={() => {
          if (plan.mode === "join") phone.join();
          else void phone.start();
        }}
      >
        {t(`softphone.start.${plan.mode}`)}
      </Button>
      {lacking !== null && <small className={styles.hint}>{t(`softphone.missing.${lacking}`)}</small>}
    </>
  );
}
