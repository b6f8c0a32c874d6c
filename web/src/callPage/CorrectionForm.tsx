import { Button, Input } from "antd";
import type { TFunction } from "i18next";
import { useState } from "react";

import type { Line } from "../protocol.gen";
import styles from "./SpokenTranscript.module.css";

interface Props {
  line: Line;
  /** What holds now. */
  text: string;
  correct: (utteranceId: string, text: string) => Promise<void>;
  close: (utteranceId: null) => void;
  t: TFunction;
}

const MAX_CHARS = 2000;

/** Says what was said in a line. */
export function CorrectionForm({ line, text, correct, close, t }: Props): React.JSX.Element {
  const [written, setWritten] = useState(text);
  const [isSending, setIsSending] = useState(false);
  const isNew = written.trim() !== "" && written.trim() !== text;
  const send = (given: string): void => {
    setIsSending(true);
    void correct(line.utterance_id, given).finally(() => {
      setIsSending(false);
    });
  };
  return (
    <form
      className={styles.form}
      data-testid="correction-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew) send(written.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close(null);
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isNew) send(written.trim());
      }}
    >
      <Input.TextArea
        autoFocus
        autoSize
        maxLength={MAX_CHARS}
        value={written}
        lang="zh-CN"
        aria-label={t("call-page.correct")}
        onChange={({ target }) => {
          setWritten(target.value);
        }}
      />
      <small>{t("call-page.correct-how")}</small>
      <p>
        <Button size="small" type="primary" htmlType="submit" disabled={!isNew} loading={isSending}>
          {t("call-page.save")}
        </Button>
        <Button
          size="small"
          onClick={() => {
            close(null);
          }}
        >
          {t("call-page.cancel")}
        </Button>
        {text !== line.text && (
          <Button
            size="small"
            type="text"
            onClick={() => {
              send(line.text);
            }}
          >
            {t("call-page.take-back")}
          </Button>
        )}
      </p>
    </form>
  );
}
