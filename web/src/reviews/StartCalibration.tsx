import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { calibrate } from "./calibrationApi";
import styles from "./Review.module.css";
import { usePeople } from "./usePeople";

const FEWEST = 2;
const MOST = 10;

interface Props {
  /** The call to begin with; may be empty. */
  callId: string;
  report: Report;
  done: () => void;
}

/** Has several reviewers score the same call, each without seeing the others' scores. */
export function StartCalibration({ callId: named, report, done }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const people = usePeople(report);
  const [callId, setCallId] = useState(named);
  const [reviewers, setReviewers] = useState<readonly string[]>([]);
  const [isSending, setIsSending] = useState(false);
  const isReady = callId.trim() !== "" && reviewers.length >= FEWEST;
  return (
    <form
      className={styles.choose}
      data-testid="start-calibration"
      onSubmit={(event) => {
        event.preventDefault();
        setIsSending(true);
        calibrate(callId.trim(), reviewers)
          .then(() => {
            setCallId("");
            setReviewers([]);
            done();
          }, report)
          .finally(() => {
            setIsSending(false);
          });
      }}
    >
      <Input
        value={callId}
        placeholder={t("reviews.call-id")}
        aria-label={t("reviews.call-id")}
        data-testid="calibration-call"
        onChange={({ target }) => {
          setCallId(target.value);
        }}
      />
      <Select<string[]>
        mode="multiple"
        maxCount={MOST}
        maxTagCount="responsive"
        value={[...reviewers]}
        options={[...people]}
        placeholder={t("reviews.calibration-people")}
        aria-label={t("reviews.calibration-people")}
        data-testid="calibration-people"
        onChange={setReviewers}
      />
      <Button type="primary" htmlType="submit" disabled={!isReady} loading={isSending} data-testid="calibrate">
        {t("reviews.calibrate")}
      </Button>
    </form>
  );
}
