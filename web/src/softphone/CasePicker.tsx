import { Radio, Spin } from "antd";
import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import type { DrillCase } from "./phoneState";
import styles from "./SoftphonePage.module.css";

interface Props {
  /** null while they are read. */
  cases: readonly DrillCase[] | null;
  chosen: DrillCase | null;
  choose: (drillCase: DrillCase | null) => void;
}

/** Picks the customer to practise with. */
export function CasePicker({ cases, chosen, choose }: Props): React.JSX.Element {
  const { t } = useTranslation();
  if (cases === null) return <Spin />;
  if (cases.length === 0) return <p className={styles.hint}>{t("softphone.no-cases")}</p>;
  return (
    <Radio.Group
      className={styles.choices ?? ""}
      aria-label={t("softphone.cases")}
      value={chosen?.id ?? null}
      onChange={({ target }) => {
        choose(cases.find(({ id }) => id === target.value) ?? null);
      }}
    >
      {cases.map((one) => (
        <Radio key={one.id} value={one.id} data-testid={`case-${one.id}`}>
          {one.title}
          <small>
            {[one.customer?.name, clockTime(Math.max(0, ...one.lines.map(({ end_ms }) => end_ms)))]
              .filter(Boolean)
              .join(" · ")}
          </small>
        </Radio>
      ))}
    </Radio.Group>
  );
}
