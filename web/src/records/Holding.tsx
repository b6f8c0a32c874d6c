import { App as AntApp, Button, Empty, Input, Popconfirm, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { countErasure, hold, listHolds, release, type Removed, type SubjectKind, type Wanted } from "./api";
import { EraseDialog } from "./EraseDialog";
import styles from "./RecordsPage.module.css";

const MAX_CHARS = 200;

/** What nothing may remove, and what is removed for good. */
export function Holding({ report }: { report: Report }): React.JSX.Element {
  const { t, i18n } = useTranslation();
  const { message } = AntApp.useApp();
  const { value: holds, again } = useRead(listHolds, report);
  const [kind, setKind] = useState<SubjectKind>("customer");
  const [subject, setSubject] = useState("");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState<{ readonly wanted: Wanted; readonly calls: number } | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const wanted: Wanted = { kind, subject: subject.trim(), reason: reason.trim() };
  const isReady = wanted.subject !== "" && wanted.reason !== "";
  const clear = (): void => {
    setSubject("");
    setReason("");
    again();
  };
  return (
    <section className={styles.card} aria-label={t("records.holding")} data-testid="holding">
      <header>
        <h2>{t("records.holding")}</h2>
      </header>
      <p>{t("records.holding-note")}</p>
      <div className={styles.form}>
        <Segmented<SubjectKind>
          value={kind}
          onChange={setKind}
          options={(["customer", "call"] as const).map((value) => ({ value, label: t(`records.subject.${value}`) }))}
        />
        <Input
          value={subject}
          maxLength={MAX_CHARS}
          placeholder={t(`records.id-of.${kind}`)}
          aria-label={t(`records.id-of.${kind}`)}
          data-testid="record-subject"
          onChange={(event) => {
            setSubject(event.target.value);
          }}
        />
        <Input
          value={reason}
          maxLength={MAX_CHARS}
          placeholder={t("records.reason")}
          aria-label={t("records.reason")}
          data-testid="record-reason"
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
        <Button
          disabled={!isReady}
          data-testid="hold"
          onClick={() => {
            void hold(wanted).then(() => {
              void message.success(t("records.held"));
              clear();
            }, report);
          }}
        >
          {t("records.hold")}
        </Button>
        <Button
          danger
          disabled={!isReady}
          data-testid="erase"
          onClick={() => {
            void countErasure(kind, wanted.subject).then((calls) => {
              setAsked({ wanted, calls });
            }, report);
          }}
        >
          {t("records.erase")}
        </Button>
      </div>
      {removed && <RemovedThings removed={removed} />}
      <h3>{t("records.holds")}</h3>
      {holds?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("records.no-holds")} />}
      <ul className={styles.holds}>
        {holds?.map((one) => (
          <li key={one.hold_id}>
            <strong>
              {t(`records.subject.${one.kind}`)} {one.subject}
            </strong>
            <span>{one.reason}</span>
            <time>{new Date(one.at).toLocaleDateString(i18n.language)}</time>
            <Popconfirm
              title={t("records.release-why")}
              okText={t("records.release")}
              cancelText={t("call-page.cancel")}
              onConfirm={() => {
                void release(one.hold_id).then(again, report);
              }}
            >
              <Button size="small">{t("records.release")}</Button>
            </Popconfirm>
          </li>
        ))}
      </ul>
      {asked && (
        <EraseDialog
          {...asked}
          report={report}
          close={() => {
            setAsked(null);
          }}
          erased={(things) => {
            setAsked(null);
            setRemoved(things);
            clear();
          }}
        />
      )}
    </section>
  );
}

function RemovedThings({ removed }: { removed: Removed }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={styles.removed} role="status" data-testid="removed">
      <strong>{t("records.erased", { count: removed.calls })}</strong>
      {Object.entries(removed.things).map(([name, count]) => (
        <span key={name}>
          {name} {count}
        </span>
      ))}
    </div>
  );
}
