import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { publish } from "./api";
import { raiseVersion } from "./editing";
import { Notice } from "./Notice";
import styles from "./PublishDialog.module.css";
import type { OpenPlaybook } from "./usePlaybook";

/** The last look before new calls run under a text. */
export function PublishDialog(props: { open: OpenPlaybook; report: Report; close: () => void }): React.JSX.Element {
  const { open, report, close } = props;
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const { detail, editing, dispatch, load, refresh } = open;
  const { check, isChecked, base, text } = editing;
  const { name, newest } = detail.playbook;
  const isTaken = check?.problems.some(({ kind }) => kind === "version") ?? false;
  const errors = check?.problems.filter(({ severity }) => severity === "error").length ?? 0;
  const isBehind = (newest?.number ?? 0) !== base;
  const isReady = isChecked && errors === 0 && !isTaken && !isBehind;
  const go = async (): Promise<void> => {
    setIsBusy(true);
    try {
      await publish(name, text, base, note);
      await load();
      close();
    } catch (error) {
      report(error);
      await refresh();
      setIsBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("playbooks.publish-title", { name, version: check?.version ?? "" })}
      okText={t("playbooks.publish")}
      okButtonProps={{ disabled: !isReady, "data-testid": "publish-now" }}
      confirmLoading={isBusy}
      onOk={() => void go()}
      onCancel={close}
    >
      <div className={styles.dialog}>
        <p>{t("playbooks.publish-means")}</p>
        {errors > 0 && <Notice tone="error" title={t("playbooks.publish-errors", { count: errors })} />}
        {isBehind && <Notice tone="warning" title={t("playbooks.publish-behind")} />}
        {isTaken && (
          <Notice
            tone="warning"
            title={t("playbooks.publish-taken", { version: check?.version ?? "" })}
            actions={
              <Button
                size="small"
                data-testid="raise-version-now"
                onClick={() => {
                  dispatch({ type: "typed", text: raiseVersion(text) });
                }}
              >
                {t("playbooks.raise")}
              </Button>
            }
          />
        )}
        <label>
          {t("playbooks.note")}
          <Input.TextArea
            rows={2}
            maxLength={500}
            value={note}
            data-testid="publish-note"
            onChange={({ target }) => {
              setNote(target.value);
            }}
          />
        </label>
      </div>
    </Modal>
  );
}
