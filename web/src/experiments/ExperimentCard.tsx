import { Button, Input, Popconfirm, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { ThemeName } from "../theme/tokens";
import type { ExperimentReport, Verdict } from "./api";
import styles from "./ExperimentsPage.module.css";
import { amountText, hoursText, liftText } from "./figures";
import { GroupTable } from "./GroupTable";
import { Pictures } from "./Pictures";
import { useGroupName } from "./useGroupName";
import { useWhy } from "./useWhy";
import { WeekTable } from "./WeekTable";

interface Props {
  report: ExperimentReport;
  theme: ThemeName;
  /** Absent: this user may not decide. */
  decide?: (decision: "mute" | "unmute", reason: string) => void;
}

const COLOURS: Readonly<Record<Verdict, string>> = {
  "too-early": "default",
  unclear: "default",
  helps: "success",
  harms: "error",
};

/** One experiment: what it says, its figures, its pictures, and what was decided. */
export function ExperimentCard({ report, theme, decide }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const whyOf = useWhy();
  const [first] = report.comparisons;
  const { price, worth } = report;
  return (
    <article className={styles.card} data-testid={`experiment-${report.experiment}`}>
      <header>
        <h2>{report.experiment}</h2>
        <code>{report.playbook}</code>
        {report.is_muted && <Tag color="error">{t("experiments.muted")}</Tag>}
        {first && <Tag color={COLOURS[first.verdict]}>{t(`experiments.verdicts.${first.verdict}`)}</Tag>}
        {decide && <Decide isMuted={report.is_muted} decide={decide} />}
      </header>
      <p>
        {t("experiments.about", {
          goal: t(`experiments.measures.${report.goal}`),
          share: Math.round(100 * report.hold_out),
        })}
      </p>
      <ul className={styles.findings}>
        {report.comparisons.map(({ group, against, lifts }) => {
          const lift = lifts[report.goal];
          return (
            <li key={group}>
              {t("experiments.against", { group: nameOf(group), other: nameOf(against) })}
              <strong>{lift ? t("experiments.lift", { lift: liftText(lift.lasting) }) : "–"}</strong>
            </li>
          );
        })}
        {worth.gained && (
          <li>
            {t("experiments.gained", { goal: t(`experiments.measures.${report.goal}`) })}
            <strong>{amountText(worth.gained)}</strong>
          </li>
        )}
        {worth.value && price && (
          <li>
            {t(`experiments.worth.${price.per}`)}
            <strong>{amountText(worth.value)}</strong>
          </li>
        )}
        {worth.handling_ms && (
          <li>
            {t("experiments.agents-time")}
            <strong>{hoursText(worth.handling_ms)}</strong>
          </li>
        )}
        {report.left_out > 0 && <li>{t("experiments.left-out", { count: report.left_out })}</li>}
        {report.limited > 0 && <li>{t("experiments.limited", { count: report.limited })}</li>}
        {report.calls_needed !== null && <li>{t("experiments.needed", { count: report.calls_needed })}</li>}
      </ul>
      <GroupTable report={report} />
      {first && <Pictures report={report} theme={theme} />}
      {report.hold_out > 0 && report.weeks.length > 0 && <WeekTable report={report} />}
      <ul className={styles.decisions}>
        {report.decisions.map((one) => (
          <li key={one.at + one.kind}>
            <time dateTime={one.at}>{one.at.slice(0, 16).replace("T", " ")}</time>
            {t(`experiments.decisions.${one.kind}`, { by: one.by || t("app.name") })}
            <span>{whyOf(one)}</span>
          </li>
        ))}
      </ul>
    </article>
  );
}

function Decide({ isMuted, decide }: { isMuted: boolean; decide: NonNullable<Props["decide"]> }): React.JSX.Element {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const what = isMuted ? "unmute" : "mute";
  return (
    <Popconfirm
      title={t(`experiments.${what}-why`)}
      description={
        <Input
          value={reason}
          maxLength={200}
          aria-label={t("experiments.reason")}
          placeholder={t("experiments.reason")}
          onChange={({ target }) => {
            setReason(target.value);
          }}
        />
      }
      okButtonProps={{ disabled: reason.trim() === "" }}
      onConfirm={() => {
        decide(what, reason.trim());
        setReason("");
      }}
    >
      <Button size="small" data-testid={what}>
        {t(`experiments.${what}`)}
      </Button>
    </Popconfirm>
  );
}
