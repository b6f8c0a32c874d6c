import { Alert, Empty, Select, Spin } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeName } from "../theme/tokens";
import type { ThemeChoice } from "../theme/useTheme";
import { useRead } from "../useRead";
import { useReport } from "../useReport";
import { decide, listExperiments } from "./api";
import { ExperimentCard } from "./ExperimentCard";
import styles from "./ExperimentsPage.module.css";
import { inOrder, stateOf } from "./inOrder";

interface Props {
  user: User;
  theme: ThemeName;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

const SPANS_WEEKS = [1, 4, 8, 26] as const;
/** With more the figures of each come when it is opened. */
const FEW = 3;

/** What prompts are worth: every experiment with its figures, pictures and decisions. */
export default function ExperimentsPage(props: Props): React.JSX.Element {
  const { user, theme, sessionEnded } = props;
  const { t } = useTranslation();
  const [weeks, setWeeks] = useState<number>(8);
  const report = useReport(sessionEnded);
  const { value, again } = useRead(
    useCallback(() => listExperiments(weeks), [weeks]),
    report,
  );
  const reports = value ? inOrder(value.experiments) : undefined;
  const mayDecide = user.permissions?.includes("experiments.decide") ?? false;
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      <main className={styles.list}>
        <header>
          <h1>{t("experiments.title")}</h1>
          <Select
            value={weeks}
            aria-label={t("experiments.span")}
            options={SPANS_WEEKS.map((value) => ({ value, label: t("experiments.weeks", { count: value }) }))}
            onChange={setWeeks}
          />
        </header>
        <p className={styles.note}>{t("experiments.note")}</p>
        {value?.holds_out === false && <Alert type="info" showIcon title={t("experiments.not-held-out")} />}
        {reports && reports.length > FEW && (
          <p className={styles.sum}>
            {t("experiments.sum", {
              count: reports.length,
              ...Object.fromEntries(
                (["muted", "harms", "helps"] as const).map((state) => [
                  state,
                  reports.filter((one) => stateOf(one) === state).length,
                ]),
              ),
            })}
          </p>
        )}
        {reports === undefined && <Spin />}
        {reports?.length === 0 && <Empty description={t("experiments.none")} />}
        {reports?.map((one) => (
          <ExperimentCard
            key={`${one.playbook}/${one.experiment}`}
            report={one}
            theme={theme}
            isOpen={reports.length <= FEW}
            {...(mayDecide && {
              decide: (decision: "mute" | "unmute", reason: string): void => {
                void decide(one, decision, reason).then(again, report);
              },
            })}
          />
        ))}
      </main>
    </div>
  );
}
