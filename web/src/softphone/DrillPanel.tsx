import { BulbOutlined, ReloadOutlined, SoundOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { DrillState } from "./drill";
import type { Phone } from "./phone";
import styles from "./DrillPanel.module.css";

interface Props {
  phone: Phone;
  drill: DrillState;
  held: boolean;
}

/** The drill's course: what the customer has said, whose turn it is, and on demand what the agent said then. */
export function DrillPanel({ phone, drill, held }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [hinted, setHinted] = useState<number | null>(null);
  const { turns, index, phase } = drill;
  const heard = turns.slice(0, phase === "playing" ? index + 1 : index).flatMap(({ said }) => said);
  const before = turns[index]?.before ?? [];
  const mayHint = phase === "yours" && before.length > 0;
  return (
    <section className={styles.drill} aria-label={t("softphone.drill.title")}>
      <p className={styles.turn} data-phase={phase} data-testid="drill-phase" aria-live="polite">
        {t(`softphone.drill.${phase}`)}
        <small>{t("softphone.drill.course", { now: Math.min(index + 1, turns.length), of: turns.length })}</small>
      </p>
      <ol className={styles.lines} data-testid="drill-lines">
        {heard.slice(-4).map(({ start_ms, text }) => (
          <li key={start_ms}>{text}</li>
        ))}
      </ol>
      {mayHint && hinted === index && (
        <blockquote className={styles.hint} data-testid="drill-hint">
          {before.map(({ text }) => text).join("")}
        </blockquote>
      )}
      <div className={styles.buttons}>
        <Button
          icon={<SoundOutlined />}
          disabled={phase !== "yours" || held}
          data-testid="drill-next"
          onClick={() => {
            phone.askCustomer(false);
          }}
        >
          {t("softphone.drill.next")}
        </Button>
        <Button
          icon={<ReloadOutlined />}
          disabled={heard.length === 0 || held}
          data-testid="drill-again"
          onClick={() => {
            phone.askCustomer(true);
          }}
        >
          {t("softphone.drill.again")}
        </Button>
        <Button
          icon={<BulbOutlined />}
          disabled={!mayHint}
          aria-expanded={mayHint && hinted === index}
          data-testid="drill-show-hint"
          onClick={() => {
            setHinted(hinted === index ? null : index);
          }}
        >
          {t("softphone.drill.hint")}
        </Button>
      </div>
    </section>
  );
}
