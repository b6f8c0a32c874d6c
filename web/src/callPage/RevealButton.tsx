import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { Button, Input, Modal, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Revealing } from "./useRevealed";

const MAX_CHARS = 500;

/** Takes the masks off for the one who looks, after a reason is given, and puts them back. */
export function RevealButton({ isRevealed, reveal, hide }: Revealing): React.JSX.Element {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const close = (): void => {
    setIsAsking(false);
    setReason("");
  };
  const look = (): void => {
    setIsBusy(true);
    void reveal(reason.trim()).then((isShown) => {
      setIsBusy(false);
      if (isShown) close();
    });
  };
  return (
    <>
      <Button
        size="small"
        danger={isRevealed}
        icon={isRevealed ? <EyeInvisibleOutlined /> : <EyeOutlined />}
        data-testid="reveal"
        onClick={() => {
          if (isRevealed) hide();
          else setIsAsking(true);
        }}
      >
        {t(isRevealed ? "call-page.reveal.hide" : "call-page.reveal.show")}
      </Button>
      <Modal
        open={isAsking}
        title={t("call-page.reveal.title")}
        okText={t("call-page.reveal.show")}
        cancelText={t("call-page.cancel")}
        okButtonProps={{ disabled: reason.trim() === "", loading: isBusy }}
        onOk={look}
        onCancel={close}
      >
        <Typography.Paragraph>{t("call-page.reveal.why")}</Typography.Paragraph>
        <Input.TextArea
          value={reason}
          maxLength={MAX_CHARS}
          autoSize={{ minRows: 2, maxRows: 5 }}
          aria-label={t("call-page.reveal.reason")}
          placeholder={t("call-page.reveal.reason")}
          data-testid="reveal-reason"
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
      </Modal>
    </>
  );
}
