import { Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Expected, ItemFlag } from "../api";
import type { Draft, DraftError } from "../drafts";
import styles from "./Panel.module.css";

interface Props {
  flag: ItemFlag;
  errors: Draft["errors"];
  edit: (change: Partial<Draft>) => void;
}

const EXPECTED: readonly Expected[] = ["silent", "met", "breach", "at_risk", "abstained"];
const MAX_CHARS = 500;

/** Says that the rule was wrong in this call, and what it should have said: that becomes a case that it is tried with. */
export function RuleErrorForm({ flag, errors, edit }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { flag_id, verdict, title } = flag;
  const error = errors[flag_id];
  const options = EXPECTED.filter((one) => one !== verdict);
  const change = (next: DraftError): void => {
    edit({ errors: { ...errors, [flag_id]: next } });
  };
  return (
    <div className={styles.error}>
      <Checkbox
        checked={error !== undefined}
        data-testid={`wrong-${flag_id}`}
        onChange={({ target }) => {
          const others = Object.fromEntries(Object.entries(errors).filter(([id]) => id !== flag_id));
          edit({ errors: target.checked ? { ...others, [flag_id]: { expected: "silent", reason: "" } } : others });
        }}
      >
        {t("reviews.rule-wrong", { title })}
      </Checkbox>
      {error && (
        <div>
          <span>{t("reviews.should-have-said", { verdict: t(`verdict.${verdict}`) })}</span>
          <Select<Expected>
            size="small"
            value={error.expected}
            aria-label={t("reviews.expected-title")}
            options={options.map((value) => ({ value, label: t(`reviews.expected.${value}`) }))}
            data-testid={`expected-${flag_id}`}
            onChange={(expected) => {
              change({ ...error, expected });
            }}
          />
          <Input
            size="small"
            maxLength={MAX_CHARS}
            value={error.reason}
            placeholder={t("reviews.rule-why")}
            aria-label={t("reviews.rule-why")}
            onChange={({ target }) => {
              change({ ...error, reason: target.value });
            }}
          />
          <small>{t("reviews.becomes-case")}</small>
        </div>
      )}
    </div>
  );
}
