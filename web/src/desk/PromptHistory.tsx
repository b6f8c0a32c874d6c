import { DownOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { PromptCard } from "../protocol.gen";
import { clockTime } from "./format";
import { PROMPT_ICONS } from "./icons";
import styles from "./PromptHistory.module.css";
import { Reasons, type Shine } from "./Reasons";

interface Props {
  cards: readonly PromptCard[];
  startsOpen: boolean;
  paintedAfter_ms: Readonly<Record<string, number>>;
  shine: Shine;
}

/** What became of the cues that are no longer open, newest first. */
export function PromptHistory({ cards, startsOpen, paintedAfter_ms, shine }: Props): React.JSX.Element | null {
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
  shine: Shine;
}

function PastCard({ card, after_ms, shine }: PastCardProps): React.JSX.Element {
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
        <em data-state={state}>{t(`prompt-state.${state}`)}</em>
        <time>{clockTime(prompt.at_ms)}</time>
      </button>
      {isOpen && (
        <div className={styles.detail}>
          <blockquote lang="zh-CN">{prompt.body}</blockquote>
          {after_ms !== null && <small>{t("prompt.latency", { ms: after_ms })}</small>}
          <Reasons because={prompt.because} shine={shine} />
        </div>
      )}
    </li>
  );
}
