import { CheckCircleFilled, CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";

import { raiseVersion, type Editing, type EditingAction } from "./editing";
import styles from "./ProblemPanel.module.css";

interface Props {
  editing: Editing;
  show: (line: number) => void;
  dispatch: (action: EditingAction) => void;
}

/** What is wrong with the text as it is typed, and what became of its cases. */
export function ProblemPanel({ editing, show, dispatch }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { check, isChecked, text } = editing;
  if (check === null) return <Spin className={styles.waiting ?? ""} />;
  const errors = check.problems.filter(({ severity }) => severity === "error").length;
  return (
    <div className={styles.panel} data-testid="check" data-checked={isChecked} aria-busy={!isChecked}>
      <dl className={styles.counts}>
        <div data-tone={errors > 0 ? "bad" : "good"}>
          <dt>{t("playbooks.errors")}</dt>
          <dd data-testid="errors">{errors}</dd>
        </div>
        <div>
          <dt>{t("playbooks.warnings")}</dt>
          <dd data-testid="warnings">{check.problems.length - errors}</dd>
        </div>
        <div>
          <dt>{t("playbooks.rules-label")}</dt>
          <dd>{check.rules}</dd>
        </div>
        <div data-tone={check.cases_failed > 0 ? "bad" : "good"}>
          <dt>{t("playbooks.cases")}</dt>
          <dd data-testid="cases">
            {check.cases - check.cases_failed}/{check.cases}
          </dd>
        </div>
      </dl>
      <p className={styles.verdict} role="status">
        {check.problems.length === 0 && (
          <>
            <CheckCircleFilled /> {t("playbooks.all-good")}
          </>
        )}
      </p>
      <ul>
        {check.problems.map(({ severity, kind, line, message }, place) => (
          <li key={place} data-severity={severity} className={styles.problem} data-testid={`problem-${line}`}>
            <button
              type="button"
              onClick={() => {
                show(line);
              }}
            >
              {severity === "error" ? <CloseCircleFilled /> : <WarningFilled />}
              <span>
                <small>
                  {t("playbooks.line", { line })} · {t(`playbooks.kind.${kind}`)}
                </small>
                {message}
              </span>
            </button>
            {kind === "version" && (
              <Button
                size="small"
                data-testid="raise-version"
                onClick={() => {
                  dispatch({ type: "typed", text: raiseVersion(text) });
                }}
              >
                {t("playbooks.raise")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
