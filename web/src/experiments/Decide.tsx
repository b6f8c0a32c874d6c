import { Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  isMuted: boolean;
  decide: (decision: "mute" | "unmute", reason: string) => void;
}

/** A person's word on a prompt, with the reason. */
export function Decide({ isMuted, decide }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const what = isMuted ? "unmute" : "mute";
  return (
    <Popconfirm
      title={t(`experiments.${what}-why`)}
      description={
        <Input
          value={reason}
          maxLength={200}
          aria-label={t("experiments.reason")}
          placeholder={t("experiments.reason")}
          onChange={({ target }) => {
            setReason(target.value);
          }}
        />
      }
      okButtonProps={{ disabled: reason.trim() === "" }}
      onConfirm={() => {
        decide(what, reason.trim());
        setReason("");
      }}
    >
      <Button size="small" data-testid={what}>
        {t(`experiments.${what}`)}
      </Button>
    </Popconfirm>
  );
}
