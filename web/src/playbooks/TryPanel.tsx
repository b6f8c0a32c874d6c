import { PlayCircleOutlined } from "@ant-design/icons";
import { Button, Empty, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { recentCalls } from "../api";
import { clockTime } from "../shared/format";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { tryOnCall, type SaidRow, type TryResult } from "./api";
import { CallLink } from "./CallLink";
import styles from "./SaidTable.module.css";
import { useCourseText } from "./useCourseText";
import { usePastText } from "./usePastText";

const CALLS = 100;
const latestCalls = (): ReturnType<typeof recentCalls> => recentCalls(CALLS);

/** What the text in the editor would say to one stored call, beside what was said in it. */
export function TryPanel({ name, text, report }: { name: string; text: string; report: Report }): React.JSX.Element {
  const { t } = useTranslation();
  const { when } = usePastText();
  const calls = useRead(latestCalls, report).value?.calls ?? [];
  const [callId, setCallId] = useState<string | null>(null);
  const [tried, setTried] = useState<{ result: TryResult; text: string } | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const chosen = callId ?? calls[0]?.call_id ?? null;
  const go = async (): Promise<void> => {
    if (chosen === null) return;
    setIsBusy(true);
    try {
      setTried({ result: await tryOnCall(name, text, chosen), text });
    } catch (error) {
      report(error);
    }
    setIsBusy(false);
  };
  return (
    <div className={styles.panel}>
      <div className={styles.controls}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          className={styles.grow ?? ""}
          aria-label={t("playbooks.call")}
          data-testid="try-call"
          value={chosen}
          notFoundContent={t("playbooks.no-calls")}
          onChange={setCallId}
          options={calls.map((call) => ({
            value: call.call_id,
            label: `${when(call.opened_at)} · ${call.customer_name || call.call_id}`,
          }))}
        />
        <Button
          icon={<PlayCircleOutlined />}
          disabled={chosen === null}
          loading={isBusy}
          data-testid="try"
          onClick={() => void go()}
        >
          {t("playbooks.try")}
        </Button>
      </div>
      {tried && (
        <>
          <p className={styles.about}>
            <CallLink callId={tried.result.call.call_id} />{" "}
            {tried.result.is_compared
              ? t("playbooks.compared-with", { record: tried.result.record })
              : t("playbooks.not-compared", { record: tried.result.record })}
            {tried.text !== text && ` ${t("playbooks.tried-earlier")}`}
          </p>
          {tried.result.said.length === 0 && <Empty description={t("playbooks.said-nothing")} />}
          <ol data-testid="tried">
            {tried.result.said.map((row, place) => (
              <Said key={place} row={row} />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Said({ row }: { row: SaidRow }): React.JSX.Element {
  const { t } = useTranslation();
  const course = useCourseText();
  const { change, kind, rule_id, title, at_ms, because } = row;
  const quote = because.evidence.find((piece) => piece.quote)?.quote;
  return (
    <li className={styles.said} data-change={change ?? "same"} data-testid={`said-${rule_id}`}>
      <time>{clockTime(at_ms)}</time>
      <span>
        <strong>{title}</strong>
        <small>
          {t(`playbooks.kind-of.${kind}`)} · <code>{rule_id}</code>
        </small>
        <small>{course(row)}</small>
        {quote && <q>{quote}</q>}
      </span>
      {change && <em>{t(`playbooks.change.${change}`)}</em>}
    </li>
  );
}
