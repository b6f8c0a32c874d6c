import { ArrowLeftOutlined, CloudUploadOutlined, DeleteOutlined, SaveOutlined } from "@ant-design/icons";
import { Button, Popconfirm, Tooltip } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Link } from "../shell/Link";
import type { Report } from "../useReport";
import { discardDraft } from "./api";
import { isDirty } from "./editing";
import { PublishDialog } from "./PublishDialog";
import { StateTag } from "./StateTag";
import styles from "./Toolbar.module.css";
import type { OpenPlaybook } from "./usePlaybook";

interface Props {
  open: OpenPlaybook;
  canEdit: boolean;
  canPublish: boolean;
  /** Whether the reader may see what people found of the rules. */
  readsReviews: boolean;
  report: Report;
}

/** What this is, and what can be done with it. */
export function Toolbar({ open, canEdit, canPublish, readsReviews, report }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [isPublishing, setIsPublishing] = useState(false);
  const { detail, editing, save, load } = open;
  const { name, running, state } = detail.playbook;
  const dirty = isDirty(editing);
  const discard = async (): Promise<void> => {
    try {
      if (editing.saves > 0) await discardDraft(name, editing.saves);
      await load();
    } catch (error) {
      report(error);
    }
  };
  useSaveKey(canEdit ? save : null);
  return (
    <header className={styles.bar}>
      <Link to={{ page: "playbooks" }} className={styles.back}>
        <ArrowLeftOutlined aria-label={t("playbooks.back")} />
      </Link>
      <h1>{running?.title ?? name}</h1>
      <code>{running ? `${name}@${running.version}` : name}</code>
      <StateTag state={state} />
      <span className={styles.saved} role="status" data-testid="saved-state">
        {dirty ? t("playbooks.unsaved") : editing.saves > 0 ? t("playbooks.draft-saved") : ""}
      </span>
      {readsReviews && (
        <Link to={{ page: "reviews", part: "rules", asked: `playbook=${name}` }} data-testid="open-rules">
          {t("reviews.open-rules")}
        </Link>
      )}
      {canEdit && (
        <div className={styles.actions}>
          {(dirty || editing.saves > 0) && (
            <Popconfirm
              title={t("playbooks.discard-question")}
              onConfirm={() => void discard()}
              okText={t("playbooks.discard")}
            >
              <Button type="text" icon={<DeleteOutlined />} data-testid="discard">
                {t("playbooks.discard")}
              </Button>
            </Popconfirm>
          )}
          <Button icon={<SaveOutlined />} disabled={!dirty} data-testid="save-draft" onClick={() => void save()}>
            {t("playbooks.save")}
          </Button>
          <Tooltip title={canPublish ? "" : t("playbooks.may-not-publish")}>
            <Button
              type="primary"
              icon={<CloudUploadOutlined />}
              disabled={!canPublish || state === "retired"}
              data-testid="publish"
              onClick={() => {
                setIsPublishing(true);
              }}
            >
              {t("playbooks.publish")}
            </Button>
          </Tooltip>
        </div>
      )}
      {isPublishing && (
        <PublishDialog
          open={open}
          report={report}
          close={() => {
            setIsPublishing(false);
          }}
        />
      )}
    </header>
  );
}

/** Ctrl+S, as in every editor. */
function useSaveKey(save: (() => Promise<boolean>) | null): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void latest.current?.();
    };
    window.addEventListener("keydown", pressed);
    return () => {
      window.removeEventListener("keydown", pressed);
    };
  }, []);
}
