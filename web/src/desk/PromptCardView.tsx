import { CheckOutlined, CloseOutlined, CopyOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { PromptCard } from "../protocol.gen";
import { CueCourse } from "../shared/CueCourse";
import { PROMPT_ICONS } from "../shared/icons";
import { Reasons } from "../shared/Reasons";
import type { ReportResult } from "../shared/ResultButtons";
import type { Shine } from "../shared/spotlight";
import { PitchPanel } from "./PitchPanel";
import { PitchReasons } from "./PitchReasons";
import styles from "./PromptCardView.module.css";
import { useOncePainted } from "./useOncePainted";

export type CardAction = "accept" | "dismiss" | "copy" | "why";

interface Props {
  card: PromptCard;
  /** From the end of the words to the screen; null while not known. */
  after_ms: number | null;
  /** Until it is of no use; Infinity while not known. */
  left_ms: number;
  isCurrent: boolean;
  isExplained: boolean;
  mayAct: boolean;
  act: (promptId: string, action: CardAction) => void;
  report: ReportResult | null;
  painted: (promptId: string) => void;
  shine: Shine;
}

/** An open cue: the words to say, why, and what to do with it. */
export const PromptCardView = memo(
  function PromptCardView(props: Props): React.JSX.Element {
    const { card, after_ms, left_ms, isCurrent, isExplained, mayAct, act, report, painted, shine } = props;
    const { prompt_id, kind, title, body, because, brief, pitch } = card.prompt;
    const { t } = useTranslation();
    const [firstLeft_ms] = useState(left_ms);
    useOncePainted(painted, prompt_id, after_ms === null);
    const Icon = PROMPT_ICONS[kind];
    const press = (action: CardAction) => (): void => {
      act(prompt_id, action);
    };
    const hint = (key: string): React.JSX.Element | null => (isCurrent ? <kbd>{key}</kbd> : null);
    return (
      <li
        className={styles.card}
        data-testid={`prompt-${prompt_id}`}
        data-kind={kind}
        data-current={isCurrent}
        aria-current={isCurrent}
      >
        <header>
          <span className={styles.kind}>
            <Icon /> {t(`prompt-kind.${kind}`)}
          </span>
          {after_ms !== null && (
            <span className={styles.latency} data-testid="latency">
              {t("prompt.latency", { ms: after_ms })}
            </span>
          )}
          {card.prompt.asked_for && (
            <Tooltip title={t("prompt.asked-for-why")}>
              <span className={styles.mark} data-testid="asked-for">
                {t("prompt.asked-for")}
              </span>
            </Tooltip>
          )}
          {card.prompt.from_partial && (
            <Tooltip title={t("prompt.early-why")}>
              <span className={styles.mark} data-testid="early">
                {t("prompt.early")}
              </span>
            </Tooltip>
          )}
        </header>
        <h3>{title}</h3>
        {brief ? (
          <details className={styles.body}>
            <summary>{t("prompt.words")}</summary>
            <blockquote lang="zh-CN">{body}</blockquote>
          </details>
        ) : (
          <blockquote lang="zh-CN">{body}</blockquote>
        )}
        {pitch && <PitchPanel pitch={pitch} />}
        {(card.heard ?? card.reaction) && <CueCourse card={card} report={report} shine={shine} />}
        <footer>
          {mayAct && (
            <Button
              type={isCurrent ? "primary" : "default"}
              icon={<CheckOutlined />}
              data-testid="accept"
              onClick={press("accept")}
            >
              {t("prompt.accept")} {hint("A")}
            </Button>
          )}
          {mayAct && (
            <Button icon={<CloseOutlined />} data-testid="dismiss" onClick={press("dismiss")}>
              {t("prompt.dismiss")} {hint("D")}
            </Button>
          )}
          <span className={styles.space} />
          <Tooltip title={<>{t("prompt.copy")} C</>}>
            <Button
              type="text"
              icon={<CopyOutlined />}
              aria-label={t("prompt.copy")}
              data-testid="copy"
              onClick={press("copy")}
            />
          </Tooltip>
          <Button
            type="text"
            icon={<QuestionCircleOutlined />}
            aria-expanded={isExplained}
            data-testid="why"
            onClick={press("why")}
          >
            {t("prompt.why")} {hint("W")}
          </Button>
        </footer>
        {/* Below the buttons, so that none moves under the pointer that has just pressed one. */}
        {isExplained && <Reasons because={because} shine={shine} />}
        {isExplained && pitch && <PitchReasons pitch={pitch} />}
        {Number.isFinite(firstLeft_ms) && (
          <i
            className={styles.expiry}
            style={{ animationDuration: `${firstLeft_ms}ms` }}
            title={t("prompt.expires", { seconds: Math.max(0, Math.round(left_ms / 1000)) })}
          />
        )}
      </li>
    );
  },
  // The remaining time is drawn by the animation; a tick of it alone is not worth drawing the card again.
  (before, after) =>
    before.card === after.card &&
    before.after_ms === after.after_ms &&
    before.isCurrent === after.isCurrent &&
    before.isExplained === after.isExplained &&
    before.mayAct === after.mayAct &&
    before.act === after.act &&
    before.report === after.report &&
    before.shine === after.shine,
);
