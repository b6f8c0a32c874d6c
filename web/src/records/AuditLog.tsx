import { Button, Empty, Select, Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { ACTIONS, readLog, type Action, type LogPage, type LogRow } from "./api";
import { LogDetails } from "./LogDetails";
import styles from "./RecordsPage.module.css";

/** Who looked, held, released, erased and changed teams, newest first. */
export function AuditLog({ report }: { report: Report }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const [action, setAction] = useState<Action | null>("revealed");
  const { page, more } = useLog(action, report);
  const options = [null, ...ACTIONS].map((value) => ({
    value: value ?? "all",
    label: t(`records.action.${value ?? "all"}`),
  }));
  return (
    <section className={styles.card} aria-label={t("records.log")} data-testid="audit-log">
      <header>
        <h2>{t("records.log")}</h2>
        <Select
          value={action ?? "all"}
          options={options}
          aria-label={t("records.which")}
          onChange={(value) => {
            setAction(ACTIONS.find((one) => one === value) ?? null);
          }}
        />
      </header>
      <p>{t("records.log-note")}</p>
      {page === null && <Spin />}
      {page?.entries.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("records.nothing")} />}
      {page !== null && page.entries.length > 0 && (
        <div className={styles.scroller}>
          <table>
            <thead>
              <tr>
                {(["at", "by", "what", "subject", "details"] as const).map((name) => (
                  <th key={name}>{t(`records.column.${name}`)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {page.entries.map((row, index) => (
                <Row key={index} row={row} language={i18n.language} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page?.next && <Button onClick={more}>{t("records.more")}</Button>}
    </section>
  );
}

function Row({ row: { entry, by_name }, language }: { row: LogRow; language: string }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <tr>
      <td>{new Date(entry.at).toLocaleString(language, { dateStyle: "short", timeStyle: "medium" })}</td>
      <td>{by_name}</td>
      <td>{t(`records.action.${entry.action}`)}</td>
      <td>{entry.action === "revealed" ? <a href={`/calls/${entry.subject}`}>{entry.subject}</a> : entry.subject}</td>
      <td>
        <LogDetails entry={entry} />
      </td>
    </tr>
  );
}

interface Log {
  /** null until the server has answered. */
  readonly page: LogPage | null;
  readonly more: () => void;
}

function useLog(action: Action | null, report: Report): Log {
  const [read, setRead] = useState<{ readonly of: Action | null; readonly page: LogPage } | null>(null);
  const page = read?.of === action ? read.page : null;
  useEffect(() => {
    let isWanted = true;
    readLog(action, null).then((first) => {
      if (isWanted) setRead({ of: action, page: first });
    }, report);
    return () => {
      isWanted = false;
    };
  }, [action, report]);
  const more = (): void => {
    if (page?.next == null) return;
    readLog(action, page.next).then((next) => {
      setRead({ of: action, page: { ...next, entries: [...page.entries, ...next.entries] } });
    }, report);
  };
  return { page, more };
}
