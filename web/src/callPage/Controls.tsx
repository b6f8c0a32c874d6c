import { CaretRightFilled, LinkOutlined, PauseOutlined } from "@ant-design/icons";
import { App as AntApp, Button, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { pathOf } from "../route";
import { copyText } from "../shared/copyText";
import { clockTime } from "../shared/format";
import styles from "./Controls.module.css";
import { RATES, type Player } from "./player";
import { useAtPlayhead, usePlayerState } from "./usePlayer";

interface Props {
  callId: string;
  player: Player;
  duration_ms: number;
  /** Why there is no sound; null: there is. */
  silent: "live" | "none" | "asked" | null;
}

/** Plays the call, and hands on a link to the position that is heard. */
export function Controls({ callId, player, duration_ms, silent }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { message } = AntApp.useApp();
  const { isPlaying, rate, trouble } = usePlayerState(player);
  const share = (): void => {
    const path = pathOf({ page: "call", callId, ...(silent === null && { at_ms: player.position_ms }) });
    void copyText(`${window.location.origin}${path}`).then((isCopied) => {
      if (isCopied) void message.success(t("call-page.link-copied"));
      else void message.error(t("prompt.copy-failed"));
    });
  };
  return (
    <div className={styles.controls}>
      {silent === null ? (
        <>
          <Button
            type="primary"
            shape="circle"
            icon={isPlaying ? <PauseOutlined /> : <CaretRightFilled />}
            aria-label={t(isPlaying ? "call-page.pause" : "call-page.play")}
            data-testid="play"
            data-playing={isPlaying}
            onClick={player.toggle}
          />
          <Clock player={player} duration_ms={duration_ms} />
          <Select<number>
            size="small"
            variant="borderless"
            value={rate}
            aria-label={t("call-page.rate")}
            options={RATES.map((value) => ({ value, label: `${value}×` }))}
            onChange={player.setRate}
          />
          {trouble && (
            <span className={styles.trouble} role="status" data-testid="trouble">
              {t(`call-page.trouble.${trouble}`)}
            </span>
          )}
        </>
      ) : (
        <span className={styles.silent} data-testid="silent">
          {silent !== "asked" && t(`call-page.silent.${silent}`)}
        </span>
      )}
      <Tooltip title={t("call-page.link-why")}>
        <Button size="small" icon={<LinkOutlined />} data-testid="share" onClick={share}>
          {t("call-page.link")}
        </Button>
      </Tooltip>
    </div>
  );
}

/** Where in the call it plays; drawn again every second. */
function Clock({ player, duration_ms }: { player: Player; duration_ms: number }): React.JSX.Element {
  const now = useAtPlayhead(player, clockTime);
  return (
    <p className={styles.clock}>
      <time data-testid="position">{now}</time>
      <small> / {clockTime(duration_ms)}</small>
    </p>
  );
}
