import { Input, Select } from "antd";
import { useState } from "react";

import type { Choices } from "../archive/api";
import { useTexts } from "../shared/useTexts";
import type { Row } from "./api";
import { FILTERS, lacking, lastWeeks, type Asking, type Filter } from "./asking";
import styles from "./ReportsPage.module.css";

interface Props {
  asking: Asking;
  /** Null until they are known. */
  choices: Choices | null;
  teams: readonly Row[];
  ask: (asking: Asking) => void;
}

const SPANS_WEEKS: readonly number[] = [1, 4, 8, 26];
const USUAL_WEEKS = 8;

/** Of which days and which calls the report is. */
export function ReportFilters({ asking, choices, teams, ask }: Props): React.JSX.Element {
  const { t, nameOf } = useTexts();
  const [now] = useState(() => new Date());
  const usual = lastWeeks(USUAL_WEEKS, now);
  const { since = usual.since, until = usual.until } = asking;
  const span = SPANS_WEEKS.find((weeks) => {
    const one = lastWeeks(weeks, now);
    return one.since === since && one.until === until;
  });
  const options: Readonly<Record<Filter, readonly { readonly value: string; readonly label: string }[]>> = {
    team: teams.filter(({ code }) => code !== "unknown").map(({ code }) => ({ value: code, label: code })),
    agent: (choices?.agents ?? []).map(({ code, title }) => ({ value: code, label: `${title} ${code}`.trim() })),
    reason: [
      ...(choices?.intents ?? []).map(({ code }) => ({ value: code, label: nameOf("intent", code) })),
      { value: "unknown", label: t("reports.unknown.reason") },
    ],
  };
  return (
    <form className={styles.filters} aria-label={t("archive.filters")}>
      <Select
        value={span ?? 0}
        aria-label={t("reports.span")}
        data-testid="report-span"
        options={[
          ...SPANS_WEEKS.map((value) => ({ value, label: t("reports.weeks", { count: value }) })),
          ...(span === undefined ? [{ value: 0, label: t("reports.other-days") }] : []),
        ]}
        onChange={(weeks) => {
          if (weeks > 0) ask({ ...asking, ...lastWeeks(weeks, now) });
        }}
      />
      <Input
        type="date"
        value={since}
        max={until}
        aria-label={t("archive.fields.since")}
        onChange={({ target }) => {
          if (target.value !== "" && target.value <= until) ask({ ...asking, since: target.value, until });
        }}
      />
      <Input
        type="date"
        value={until}
        min={since}
        aria-label={t("archive.fields.before")}
        onChange={({ target }) => {
          if (target.value !== "" && target.value >= since) ask({ ...asking, since, until: target.value });
        }}
      />
      {FILTERS.filter((filter) => filter !== "team" || options.team.length > 0).map((filter) => (
        <Select
          key={filter}
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          showSearch={{ optionFilterProp: "label" }}
          value={[...(asking[filter] ?? [])]}
          options={[...options[filter]]}
          placeholder={t(`reports.by.${filter}`)}
          aria-label={t(`reports.by.${filter}`)}
          data-testid={`report-${filter}`}
          onChange={(values: string[]) => {
            ask(values.length > 0 ? { ...asking, [filter]: values } : lacking(asking, filter));
          }}
        />
      ))}
    </form>
  );
}
