import { PlusOutlined } from "@ant-design/icons";
import { Button, Empty, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { Link } from "../shell/Link";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { listPlaybooks, type PlaybookRow } from "./api";
import { FileProblem } from "./FileProblem";
import { NewPlaybookDialog } from "./NewPlaybookDialog";
import styles from "./PlaybookList.module.css";
import { StateTag } from "./StateTag";
import { usePastText } from "./usePastText";

/** Every playbook: what runs, since when, by whom, and what is wrong. */
export function PlaybookList({ user, report }: { user: User; report: Report }): React.JSX.Element {
  const { t } = useTranslation();
  const rows = useRead(listPlaybooks, report).value?.playbooks;
  const [isNaming, setIsNaming] = useState(false);
  return (
    <main className={styles.list}>
      <header>
        <h1>{t("playbooks.title")}</h1>
        {user.permissions?.includes("playbook.edit") && (
          <Button
            icon={<PlusOutlined />}
            data-testid="new-playbook"
            onClick={() => {
              setIsNaming(true);
            }}
          >
            {t("playbooks.new")}
          </Button>
        )}
      </header>
      {rows === undefined && <Spin />}
      {rows?.length === 0 && <Empty description={t("playbooks.none")} />}
      <ul>
        {rows?.map((row) => (
          <Row key={row.name} row={row} />
        ))}
      </ul>
      {isNaming && (
        <NewPlaybookDialog
          taken={rows?.map(({ name }) => name) ?? []}
          report={report}
          close={() => {
            setIsNaming(false);
          }}
        />
      )}
    </main>
  );
}

function Row({ row }: { row: PlaybookRow }): React.JSX.Element {
  const { t } = useTranslation();
  const { published, drafted } = usePastText();
  const { name, state, running, newest, draft, is_default } = row;
  return (
    <li className={styles.row} data-testid={`playbook-${name}`}>
      <Link to={{ page: "playbook", name }} className={styles.open} data-testid={`open-${name}`}>
        <span className={styles.names}>
          <strong>{running?.title ?? name}</strong>
          <code>{running ? `${name}@${running.version}` : name}</code>
        </span>
        <span className={styles.marks}>
          {is_default && <small>{t("playbooks.default")}</small>}
          <StateTag state={state} />
        </span>
        <span className={styles.facts}>
          {running && <span>{t("playbooks.rules", { count: running.rules })}</span>}
          {newest && <span>{published(newest)}</span>}
          {draft && <span className={styles.draft}>{drafted(draft)}</span>}
        </span>
      </Link>
      <FileProblem playbook={row} />
    </li>
  );
}
