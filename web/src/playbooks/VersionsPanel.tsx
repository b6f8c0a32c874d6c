import { DiffOutlined, RollbackOutlined } from "@ant-design/icons";
import { Button, Empty, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { rollBack, type Version } from "./api";
import { CompareDialog } from "./CompareDialog";
import { isDirty } from "./editing";
import type { OpenPlaybook } from "./usePlaybook";
import { usePastText } from "./usePastText";
import styles from "./VersionsPanel.module.css";

interface Props {
  open: OpenPlaybook;
  canPublish: boolean;
  report: Report;
}

/** What ran when and who published it; each can be compared with, and put into use again. */
export function VersionsPanel({ open, canPublish, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { published } = usePastText();
  const [compared, setCompared] = useState<Version | null>(null);
  const { detail, editing, load, refresh } = open;
  const { playbook, versions } = detail;
  const newest = versions[0]?.number ?? 0;
  const back = async (number: number): Promise<void> => {
    try {
      await rollBack(playbook.name, number, newest, "");
      // What is being written stays; it is told that a newer version has come into use.
      await (isDirty(editing) || editing.saves > 0 ? refresh() : load());
    } catch (error) {
      report(error);
    }
  };
  if (versions.length === 0) return <Empty description={t("playbooks.no-versions")} />;
  return (
    <ol className={styles.versions} data-testid="versions">
      {versions.map((one) => {
        const isInUse = one.number === newest && playbook.running !== null;
        return (
          <li key={one.number} data-testid={`version-${one.number}`}>
            <span className={styles.what}>
              <strong>{t("playbooks.version", { number: one.number, version: one.version })}</strong>
              {isInUse && <em>{t("playbooks.in-use")}</em>}
              <small>{published(one)}</small>
              {one.note && <q>{one.note}</q>}
            </span>
            <Button
              type="text"
              icon={<DiffOutlined />}
              aria-label={t("playbooks.compare-with", { number: one.number })}
              data-testid={`compare-${one.number}`}
              onClick={() => {
                setCompared(one);
              }}
            />
            {canPublish && !isInUse && (
              <Popconfirm
                title={t("playbooks.roll-back-question", { number: one.number })}
                description={t("playbooks.roll-back-means")}
                okText={t("playbooks.roll-back")}
                okButtonProps={{ "data-testid": "roll-back-now" }}
                onConfirm={() => void back(one.number)}
              >
                <Button
                  type="text"
                  icon={<RollbackOutlined />}
                  aria-label={t("playbooks.roll-back-to", { number: one.number })}
                  data-testid={`roll-back-${one.number}`}
                />
              </Popconfirm>
            )}
          </li>
        );
      })}
      {compared && (
        <CompareDialog
          name={playbook.name}
          versions={versions}
          before={compared.number}
          after={compared.number === newest ? "edited" : newest}
          edited={editing.text}
          close={() => {
            setCompared(null);
          }}
        />
      )}
    </ol>
  );
}
