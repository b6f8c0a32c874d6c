import { DeleteOutlined, StarOutlined } from "@ant-design/icons";
import { Button, Empty, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { useRead } from "../useRead";
import { listSearches, removeSearch, saveSearch } from "./api";
import styles from "./ArchivePage.module.css";
import type { Question } from "./question";

interface Props {
  question: Question;
  report: Report;
  ask: (question: Question) => void;
}

/** The reader's own searches: keep the one on the page, ask one again, forget one. */
export function SavedSearches({ question, report, ask }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState("");
  const { value, again } = useRead(listSearches, report);
  const save = (): void => {
    void saveSearch(name.trim(), question).then(() => {
      setName("");
      again();
    }, report);
  };
  const searches = value?.searches ?? [];
  const content = (
    <div className={styles.saved} data-testid="saved-searches">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Input
          value={name}
          maxLength={100}
          placeholder={t("archive.name")}
          aria-label={t("archive.name")}
          onChange={({ target }) => {
            setName(target.value);
          }}
        />
        <Button htmlType="submit" disabled={name.trim() === ""}>
          {t("archive.save")}
        </Button>
      </form>
      {searches.length === 0 && <Empty description={t("archive.none-saved")} />}
      <ul>
        {searches.map(({ search_id, name: kept, question: asked }) => (
          <li key={search_id}>
            <Button
              type="link"
              onClick={() => {
                setIsOpen(false);
                ask(asked);
              }}
            >
              {kept}
            </Button>
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("archive.forget", { name: kept })}
              onClick={() => {
                void removeSearch(search_id).then(again, report);
              }}
            />
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <Popover content={content} trigger="click" placement="bottomRight" open={isOpen} onOpenChange={setIsOpen}>
      <Button icon={<StarOutlined />} data-testid="archive-saved">
        {t("archive.saved")}
      </Button>
    </Popover>
  );
}
