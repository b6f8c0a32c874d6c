import { PlayCircleOutlined } from "@ant-design/icons";
import { Button, Empty, Select, Spin } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { listPlaybooks } from "../playbooks/api";
import { goTo } from "../route";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { PrecisionTable } from "./PrecisionTable";
import styles from "./Review.module.css";
import { RuleCaseRow } from "./RuleCaseRow";
import { listCases, listPrecision, type RuleCase } from "./rulesApi";

interface Props {
  asked: string;
  report: Report;
}

/** How often each rule of a playbook is right, and the cases in which people found it wrong. */
export function RulesPart({ asked, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const given = new URLSearchParams(asked);
  const rule = given.get("rule");
  const playbooks = useRead(listPlaybooks, report).value?.playbooks;
  const playbook =
    given.get("playbook") ?? playbooks?.find(({ is_default }) => is_default)?.name ?? playbooks?.[0]?.name;
  if (playbooks === undefined) return <Spin />;
  if (playbook === undefined) return <Empty description={t("playbooks.none")} />;
  const ask = (next: { playbook?: string; rule?: string | null }): void => {
    const query = new URLSearchParams({ playbook: next.playbook ?? playbook });
    const chosen = next.rule === undefined ? rule : next.rule;
    if (chosen !== null) query.set("rule", chosen);
    goTo({ page: "reviews", part: "rules", asked: query.toString() });
  };
  return (
    <div data-testid="rules">
      <p className={styles.explained}>{t("reviews.rules-mean")}</p>
      <div className={styles.tools}>
        <Select
          value={playbook}
          aria-label={t("navigation.playbooks")}
          options={playbooks.map(({ name, running }) => ({ value: name, label: running?.title ?? name }))}
          onChange={(name) => {
            ask({ playbook: name, rule: null });
          }}
        />
        {rule !== null && (
          <Button
            onClick={() => {
              ask({ rule: null });
            }}
          >
            {t("reviews.all-rules")}
          </Button>
        )}
      </div>
      <Precision playbook={playbook} rule={rule} ask={ask} report={report} />
      <Cases key={`${playbook} ${rule ?? ""}`} playbook={playbook} rule={rule} report={report} />
    </div>
  );
}

interface PrecisionProps {
  playbook: string;
  rule: string | null;
  ask: (next: { rule: string }) => void;
  report: Report;
}

function Precision({ playbook, rule, ask, report }: PrecisionProps): React.JSX.Element {
  const { value } = useRead(
    useCallback(() => listPrecision(playbook), [playbook]),
    report,
  );
  if (value === null) return <Spin />;
  const rules = value.rules.filter(({ rule_id }) => rule === null || rule_id === rule);
  return (
    <section className={styles.row}>
      <PrecisionTable
        rules={rules}
        open={(ruleId) => {
          ask({ rule: ruleId });
        }}
      />
    </section>
  );
}

function Cases({ playbook, rule, report }: Omit<PrecisionProps, "ask">): React.JSX.Element {
  const { t } = useTranslation();
  const [isTried, setIsTried] = useState(false);
  const { value } = useRead(
    useCallback(
      async () => ({ isTried, cases: (await listCases(playbook, rule, isTried)).cases }),
      [playbook, rule, isTried],
    ),
    report,
  );
  if (value === null) return <Spin />;
  const { cases } = value;
  const countOf = (state: RuleCase["now"]): number => cases.filter(({ now }) => now === state).length;
  return (
    <section>
      <div className={styles.tools}>
        <h2>{t("reviews.cases")}</h2>
        {value.isTried && cases.length > 0 && (
          <span role="status" data-testid="tried">
            {t("reviews.tried", { count: cases.length, passing: countOf("passing"), failing: countOf("failing") })}
          </span>
        )}
        {cases.length > 0 && (
          <Button
            icon={<PlayCircleOutlined />}
            loading={isTried && !value.isTried}
            disabled={isTried}
            data-testid="try-cases"
            onClick={() => {
              setIsTried(true);
            }}
          >
            {t("reviews.try-cases")}
          </Button>
        )}
      </div>
      {cases.length === 0 && <Empty description={t("reviews.no-cases")} />}
      {cases.map((one) => (
        <RuleCaseRow key={one.case_id} ruleCase={one} />
      ))}
    </section>
  );
}
