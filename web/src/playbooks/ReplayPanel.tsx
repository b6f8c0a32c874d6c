import { HistoryOutlined, StopOutlined } from "@ant-design/icons";
import { Button, Checkbox, Progress, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "../api";
import type { Report } from "../useReport";
import { replay, type Against, type ReplayReport } from "./api";
import { ReplayResult } from "./ReplayResult";
import styles from "./SaidTable.module.css";

const SIZES = [50, 200, 500, 1_000];

interface Props {
  name: string;
  text: string;
  /** Whether there is a version in use to compare with. */
  isRunning: boolean;
  report: Report;
}

/** What the text in the editor would change in the newest stored calls. */
export function ReplayPanel({ name, text, isRunning, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [most, setMost] = useState(200);
  const [against, setAgainst] = useState<Against>(isRunning ? "running" : "record");
  const [practice, setPractice] = useState(false);
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const [result, setResult] = useState<{ report: ReplayReport; text: string } | null>(null);
  const work = useRef<AbortController | null>(null);
  useEffect(() => () => work.current?.abort(), []);
  const go = async (): Promise<void> => {
    const controller = new AbortController();
    work.current = controller;
    setProgress({ done: 0, of: 0 });
    try {
      const found = await replay(name, { text, most, against, practice }, controller.signal, (done, of) => {
        setProgress({ done, of });
      });
      setResult({ report: found, text });
    } catch (error) {
      if (!controller.signal.aborted) report(error instanceof TypeError ? new ApiError("unreachable", "", 0) : error);
    }
    if (!controller.signal.aborted || work.current === controller) setProgress(null);
  };
  return (
    <div className={styles.panel}>
      <div className={styles.controls}>
        <Select
          aria-label={t("playbooks.how-many")}
          value={most}
          onChange={setMost}
          options={SIZES.map((value) => ({ value, label: t("playbooks.newest-calls", { count: value }) }))}
        />
        <Select<Against>
          className={styles.grow ?? ""}
          aria-label={t("playbooks.against")}
          value={against}
          onChange={setAgainst}
          options={(["running", "record"] as const).map((value) => ({
            value,
            label: t(`playbooks.against-${value}`),
            disabled: value === "running" && !isRunning,
          }))}
        />
        <Checkbox
          className={styles.choice ?? ""}
          checked={practice}
          onChange={({ target }) => {
            setPractice(target.checked);
          }}
        >
          {t("playbooks.practice")}
        </Checkbox>
        {progress ? (
          <Button icon={<StopOutlined />} data-testid="cancel-replay" onClick={() => work.current?.abort()}>
            {t("playbooks.cancel")}
          </Button>
        ) : (
          <Button icon={<HistoryOutlined />} data-testid="replay" onClick={() => void go()}>
            {t("playbooks.replay")}
          </Button>
        )}
      </div>
      {progress && (
        <Progress
          percent={progress.of === 0 ? 0 : Math.round((100 * progress.done) / progress.of)}
          format={() => `${progress.done}/${progress.of}`}
        />
      )}
      {result && (
        <>
          {result.text !== text && <p className={styles.about}>{t("playbooks.replayed-earlier")}</p>}
          <ReplayResult found={result.report} />
        </>
      )}
    </div>
  );
}
