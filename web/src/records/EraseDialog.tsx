import { Input, Modal, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../useReport";
import { erase, type Removed, type Wanted } from "./api";

interface Props {
  wanted: Wanted;
  /** How many would go. */
  calls: number;
  report: Report;
  close: () => void;
  erased: (removed: Removed) => void;
}

/** Asks for what is to be erased once more, typed. */
export function EraseDialog({ wanted, calls, report, close, erased }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  return (
    <Modal
      open
      title={t("records.erase-title", { subject: `${t(`records.subject.${wanted.kind}`)} ${wanted.subject}` })}
      okText={t("records.erase")}
      cancelText={t("call-page.cancel")}
      okButtonProps={{ danger: true, disabled: typed.trim() !== wanted.subject, loading: isBusy }}
      onCancel={close}
      onOk={() => {
        setIsBusy(true);
        void erase(wanted, typed.trim())
          .then(erased, report)
          .finally(() => {
            setIsBusy(false);
          });
      }}
    >
      <Typography.Paragraph>{t("records.erase-what", { count: calls })}</Typography.Paragraph>
      <Input
        value={typed}
        placeholder={wanted.subject}
        aria-label={t("records.type-again")}
        data-testid="erase-confirm"
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
    </Modal>
  );
}
