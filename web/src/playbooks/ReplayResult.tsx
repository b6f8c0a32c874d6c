import { Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import type { ChangeRow, ReplayReport, Tally } from "./api";
import { CallLink } from "./CallLink";
import styles from "./SaidTable.module.css";
import { useCourseText } from "./useCourseText";

type Row = Tally & { readonly name: string };
/** Changes of one rule, or of one agent. */
interface Only {
  readonly by: "rule" | "agent";
  readonly name: string;
}

const LISTED = 200;
const COUNTS = ["before", "after", "gained", "lost", "changed", "held_out"] as const;

/** What a replay changed: by rule, by agent, and one by one. */
export function ReplayResult({ found }: { found: ReplayReport }): React.JSX.Element {
  const { t } = useTranslation();
  const course = useCourseText();
  const [only, setOnly] = useState<Only | null>(null);
  const { report, skipped, skipped_more } = found;
  const isWanted = ({ rule_id, agent_id }: ChangeRow): boolean =>
    only === null || (only.by === "rule" ? rule_id === only.name : (agent_id ?? "") === only.name);
  const wanted = report.changes.filter(isWanted);
  const table = (by: Only["by"], rows: readonly Row[]): React.JSX.Element => (
    <Table<Row>
      size="small"
      pagination={false}
      scroll={{ x: "max-content" }}
      data-testid={`replay-by-${by}`}
      rowKey={({ kind, name }) => `${kind} ${name}`}
      dataSource={rows.filter(({ gained, lost, changed, held_out }) => gained + lost + changed + held_out > 0)}
      locale={{ emptyText: t("playbooks.nothing-changes") }}
      columns={[
        {
          title: t(`playbooks.by-${by}`),
          key: "name",
          render: (_, { name, kind }) => (
            <button
              type="button"
              className={styles.link}
              aria-pressed={only?.by === by && only.name === name}
              onClick={() => {
                setOnly(only?.by === by && only.name === name ? null : { by, name });
              }}
            >
              {name || t("playbooks.no-agent")} <small>{t(`playbooks.kind-of.${kind}`)}</small>
            </button>
          ),
        },
        ...COUNTS.filter((key) => key !== "held_out" || rows.some(({ held_out }) => held_out > 0)).map((key) => ({
          title: t(`playbooks.count.${key}`),
          dataIndex: key,
          key,
          align: "right" as const,
        })),
      ]}
    />
  );
  return (
    <div className={styles.result} data-testid="replayed">
      <p className={styles.about}>
        {t("playbooks.replayed", { calls: report.calls, changed: report.calls_changed })}
        {skipped.length > 0 && ` ${t("playbooks.left-out", { count: skipped.length + skipped_more })}`}
      </p>
      {table(
        "rule",
        report.rules.map((row) => ({ ...row, name: row.rule })),
      )}
      {table(
        "agent",
        report.agents.map((row) => ({ ...row, name: row.agent ?? "" })),
      )}
      <ol>
        {wanted.slice(0, LISTED).map((change, place) => (
          <li key={place} className={styles.said} data-change={change.change}>
            <time>{clockTime(change.at_ms)}</time>
            <span>
              <strong>{change.rule_id}</strong>
              <small>
                <CallLink callId={change.call_id} /> {change.agent_id}
              </small>
              <small>{course(change)}</small>
              {change.quote && <q>{change.quote}</q>}
            </span>
            <em>{t(`playbooks.change.${change.change}`)}</em>
          </li>
        ))}
      </ol>
      {wanted.length + report.changes_left_out > LISTED && (
        <p className={styles.about}>
          {t("playbooks.more-changes", { count: wanted.length - LISTED + report.changes_left_out })}
        </p>
      )}
    </div>
  );
}
