import { EnvironmentOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import type { CueHeard, Evidence, PromptCard, Reaction } from "../protocol.gen";
import styles from "./CueCourse.module.css";
import { ResultButtons, type ReportResult } from "./ResultButtons";
import type { Shine } from "./spotlight";

interface Props {
  card: PromptCard;
  /** null: this user does not report results. */
  report: ReportResult | null;
  shine: Shine;
}

/** What became of a cue: whether it was heard, how the customer took it, how it ended. */
export function CueCourse({ card, report, shine }: Props): React.JSX.Element | null {
  const { heard, reaction } = card;
  const sells = card.prompt.kind === "offer" || card.prompt.kind === "close";
  if (heard === null && reaction === null && card.result === null && !(sells && report)) return null;
  return (
    <div className={styles.course} data-testid="course" aria-live="polite">
      {heard && <HeardRow heard={heard} shine={shine} />}
      {reaction && <ReactionRow reaction={reaction} shine={shine} />}
      {(sells || card.result) && <ResultButtons card={card} report={report} />}
    </div>
  );
}

function HeardRow({ heard, shine }: { heard: CueHeard; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const { missing, differing, evidence } = heard;
  const notes = [
    ...(missing.length > 0 && heard.said ? [t("course.missing", { values: missing.join("、") })] : []),
    ...(differing.length > 0 ? [t("course.differing", { values: differing.join("、") })] : []),
  ];
  return (
    <p className={styles.row}>
      <HeardChip heard={heard} />
      {notes.length > 0 && <small className={styles.note}>{notes.join("；")}</small>}
      <Quotes evidence={evidence} shine={shine} />
    </p>
  );
}

/** "said (87 %)", in its own words, or not said. */
export function HeardChip({ heard }: { heard: CueHeard }): React.JSX.Element {
  const { t } = useTranslation();
  const percent = Math.round(heard.score * 100);
  const manner = heard.said ? (heard.manner ?? "as-worded") : "not-said";
  return (
    <Tooltip title={t(`heard-why.${manner}`, { percent })}>
      <span className={styles.chip} data-heard={manner} data-testid="heard">
        {t(`heard.${manner}`, { percent })}
      </span>
    </Tooltip>
  );
}

function ReactionRow({ reaction, shine }: { reaction: Reaction; shine: Shine }): React.JSX.Element {
  return (
    <p className={styles.row}>
      <ReactionChip reaction={reaction} />
      <Quotes evidence={reaction.evidence} shine={shine} />
    </p>
  );
}

/** How the customer took it, with how sure that is. */
export function ReactionChip({ reaction }: { reaction: Reaction }): React.JSX.Element {
  const { t } = useTranslation();
  const percent = Math.round(reaction.confidence * 100);
  return (
    <Tooltip title={t(`reaction-basis.${reaction.basis}`, { percent })}>
      <span className={styles.chip} data-reaction={reaction.reaction} data-testid="reaction">
        {t(`reaction.${reaction.reaction}`)}
      </span>
    </Tooltip>
  );
}

function Quotes({ evidence, shine }: { evidence: readonly Evidence[]; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  return (
    <>
      {evidence.map(({ quote, utterance_id, start_ms }) => (
        <button
          key={utterance_id}
          type="button"
          className={styles.quote}
          title={t("why.show")}
          lang="zh-CN"
          onClick={() => {
            shine({ utteranceId: utterance_id, start_ms });
          }}
        >
          <EnvironmentOutlined /> “{quote}”
        </button>
      ))}
    </>
  );
}
