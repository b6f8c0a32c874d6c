import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { chooseCall } from "./api";
import styles from "./Review.module.css";
import { usePeople } from "./usePeople";

interface Props {
  /** Absent: the reader says which. */
  callId?: string;
  report: Report;
  done: () => void;
}

/** Puts a call up for review by hand; it counts in no rate. */
export function ChooseCall({ callId, report, done }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const people = usePeople(report);
  const [written, setWritten] = useState("");
  const [reviewer, setReviewer] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const chosen = callId ?? written.trim();
  const send = (): void => {
    setIsSending(true);
    chooseCall(chosen, reviewer)
      .then(() => {
        setWritten("");
        done();
      }, report)
      .finally(() => {
        setIsSending(false);
      });
  };
  return (
    <form
      className={styles.choose}
      data-testid="choose-call"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {callId === undefined && (
        <Input
          value={written}
          placeholder={t("reviews.call-id")}
          aria-label={t("reviews.call-id")}
          onChange={({ target }) => {
            setWritten(target.value);
          }}
        />
      )}
      <Select<string | null>
        allowClear
        value={reviewer}
        options={[...people]}
        placeholder={t("reviews.whoever")}
        aria-label={t("reviews.reviewer")}
        onChange={(value) => {
          setReviewer(value ?? null);
        }}
      />
      <Button type="primary" htmlType="submit" disabled={chosen === ""} loading={isSending} data-testid="choose">
        {t("reviews.choose")}
      </Button>
      <small>{t("reviews.choose-means")}</small>
    </form>
  );
}
