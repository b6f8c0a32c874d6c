import { Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { ThemeName } from "../theme/tokens";
import type { ExperimentReport, Verdict } from "./api";
import { ExperimentFigures } from "./ExperimentFigures";
import styles from "./ExperimentsPage.module.css";
import { liftText } from "./figures";

interface Props {
  report: ExperimentReport;
  theme: ThemeName;
  /** Whether its figures are there from the start: of many they come when they are asked for. */
  isOpen: boolean;
  /** Absent: this user may not decide. */
  decide?: (decision: "mute" | "unmute", reason: string) => void;
}

const COLOURS: Readonly<Record<Verdict, string>> = {
  "too-early": "default",
  unclear: "default",
  helps: "success",
  harms: "error",
};

/** One experiment in a line; below it, when it is opened, its figures, pictures and decisions. */
export function ExperimentCard({ report, isOpen, ...rest }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [open, setOpen] = useState(isOpen);
  const [first] = report.comparisons;
  const lift = first?.lifts[report.goal];
  const [heldOut, shown] = report.groups;
  return (
    <details
      className={styles.card}
      data-testid={`experiment-${report.experiment}`}
      open={open}
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <h2>{report.title || report.experiment}</h2>
        <code>
          {report.playbook} · {report.experiment}
        </code>
        <span className={styles.state}>
          {report.is_muted && <Tag color="error">{t("experiments.muted")}</Tag>}
          {first && <Tag color={COLOURS[first.verdict]}>{t(`experiments.verdicts.${first.verdict}`)}</Tag>}
        </span>
        <span className={styles.brief}>
          {report.hold_out > 0
            ? t("experiments.brief", { shown: shown?.calls ?? 0, held: heldOut?.calls ?? 0 })
            : t("experiments.brief-words", { count: shown?.calls ?? 0 })}
          {lift && report.hold_out > 0 && first.verdict !== "too-early" && (
            <strong>{t("experiments.lift", { lift: liftText(lift.lasting) })}</strong>
          )}
        </span>
      </summary>
      {open && <ExperimentFigures report={report} {...rest} />}
    </details>
  );
}
