import { SwapOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { CallView } from "../protocol.gen";

interface Props {
  /** Exchange the parties from now on; whether it is done. */
  swap: () => Promise<boolean>;
  /** In words, beside what was found; otherwise a symbol. */
  inWords?: boolean;
}

/** One click that puts agent and customer the right way round. */
export function SwapLegs({ swap, inWords = false }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const [isBusy, setIsBusy] = useState(false);
  const act = (): void => {
    setIsBusy(true);
    void swap().finally(() => {
      setIsBusy(false);
    });
  };
  return (
    <Button
      size="small"
      type={inWords ? "primary" : "text"}
      icon={<SwapOutlined />}
      loading={isBusy}
      title={t("legs.swap-title")}
      aria-label={t("legs.swap")}
      data-testid={inWords ? "swap-found" : "swap-legs"}
      onClick={act}
    >
      {inWords && t("legs.swap")}
    </Button>
  );
}

/** Whether the legs of a call can be exchanged now: one of each party, while it goes on. */
export function canSwap({ status, legs }: CallView): boolean {
  const parties = legs.map(({ party }) => party);
  const isPair = legs.length === 2 && parties.includes("agent") && parties.includes("customer");
  return status === "live" && isPair && legs[0]?.rate_hz === legs[1]?.rate_hz;
}
