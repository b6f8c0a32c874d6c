import { DownOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { PromptCard } from "../protocol.gen";
import type { PaintedAfter_ms } from "../state/deskState";
import { CueCourse, HeardChip, ReactionChip } from "./CueCourse";
import { clockTime } from "./format";
import { PROMPT_ICONS } from "./icons";
import styles from "./PromptHistory.module.css";
import { Reasons } from "./Reasons";
import type { ReportResult } from "./ResultButtons";
import type { Shine } from "./spotlight";

interface Props {
  cards: readonly PromptCard[];
  startsOpen: boolean;
  paintedAfter_ms: PaintedAfter_ms;
  report: ReportResult | null;
  shine: Shine;
}

/** What became of the cues that are no longer open, newest first. */
export function PromptHistory({ cards, startsOpen, paintedAfter_ms, report, shine }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const [toggled, setToggled] = useState<boolean | null>(null);
  const isOpen = toggled ?? startsOpen;
  if (cards.length === 0) return null;
  return (
    <section className={styles.history} data-testid="prompt-history">
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={isOpen}
        onClick={() => {
          setToggled(!isOpen);
        }}
      >
        {t("prompt.history", { count: cards.length })}
        <DownOutlined rotate={isOpen ? 180 : 0} />
      </button>
      {isOpen && (
        <ul>
          {cards.toReversed().map((card) => (
            <PastCard
              key={card.prompt.prompt_id}
              card={card}
              after_ms={card.shown_after_ms ?? paintedAfter_ms[card.prompt.prompt_id] ?? null}
              report={report}
              shine={shine}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface PastCardProps {
  card: PromptCard;
  after_ms: number | null;
  report: ReportResult | null;
  shine: Shine;
}

function PastCard({ card, after_ms, report, shine }: PastCardProps): React.JSX.Element {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const { prompt, state } = card;
  const Icon = PROMPT_ICONS[prompt.kind];
  return (
    <li data-testid={`prompt-${prompt.prompt_id}`} data-state={state} className={styles.past}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        <Icon />
        <span>{prompt.title}</span>
        <Ending card={card} />
        <time>{clockTime(prompt.at_ms)}</time>
      </button>
      {isOpen && (
        <div className={styles.detail}>
          <blockquote lang="zh-CN">{prompt.body}</blockquote>
          {card.gone_because && <p>{t("prompt.gone", { reason: card.gone_because })}</p>}
          {after_ms !== null && <small>{t("prompt.latency", { ms: after_ms })}</small>}
          <CueCourse card={card} report={report} shine={shine} />
          <Reasons because={prompt.because} shine={shine} />
        </div>
      )}
    </li>
  );
}

/** The furthest that a cue came: reaction or result, heard, or else how its card ended. */
function Ending({ card }: { card: PromptCard }): React.JSX.Element {
  const { t } = useTranslation();
  const { heard, reaction, result, state } = card;
  if (result) return <em data-state={result.result}>{t(`result.${result.result}`)}</em>;
  if (reaction) return <ReactionChip reaction={reaction} />;
  if (heard) return <HeardChip heard={heard} />;
  return <em data-state={state}>{t(`prompt-state.${state}`)}</em>;
}
