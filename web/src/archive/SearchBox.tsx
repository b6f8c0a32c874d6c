import { LoadingOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useErrorText } from "../useErrorText";
import styles from "./ArchivePage.module.css";
import { EXAMPLES } from "./examples";
import type { Refusal } from "./useFound";

interface Props {
  words: string;
  refusal: Refusal | null;
  isBusy: boolean;
  ask: (words: string) => void;
}

/** The box for words and conditions, what is wrong with them, and how they are written. */
export function SearchBox({ words, refusal, isBusy, ask }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [draft, setDraft] = useState(words);
  const [showsHelp, setShowsHelp] = useState(false);
  const help = (
    <ul className={styles.examples}>
      {EXAMPLES.map(([example, means]) => (
        <li key={means}>
          <button
            type="button"
            onClick={() => {
              setDraft(example);
              setShowsHelp(false);
              ask(example);
            }}
          >
            <code>{example}</code>
          </button>
          <span>{t(`archive.examples.${means}`)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <div className={styles.box}>
      <div>
        <Input.Search
          value={draft}
          size="large"
          allowClear
          // Its own "loading" would swallow what is asked while an answer is on its way.
          enterButton={
            <Button type="primary" icon={isBusy && <LoadingOutlined />}>
              {t("archive.search")}
            </Button>
          }
          maxLength={1000}
          status={refusal === null ? "" : "error"}
          placeholder={t("archive.placeholder")}
          aria-label={t("archive.box")}
          data-testid="archive-box"
          onChange={({ target }) => {
            setDraft(target.value);
          }}
          onSearch={ask}
        />
        <Popover
          title={t("archive.how")}
          content={help}
          trigger="click"
          placement="bottomRight"
          open={showsHelp}
          onOpenChange={setShowsHelp}
        >
          <Button
            size="large"
            type="text"
            icon={<QuestionCircleOutlined />}
            aria-label={t("archive.how")}
            data-testid="archive-help"
          />
        </Popover>
      </div>
      {refusal !== null && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          data-testid="archive-refusal"
          title={errorText(refusal.code, refusal.message)}
          description={refusal.message}
        />
      )}
    </div>
  );
}
