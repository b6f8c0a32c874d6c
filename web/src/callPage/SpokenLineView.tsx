import { EditOutlined } from "@ant-design/icons";
import { memo, useState } from "react";

import type { Line } from "../protocol.gen";
import { clockTime } from "../shared/format";
import type { Note } from "../shared/lineNotes";
import { segmentsOf, spokenSegmentsOf, type SpokenSegment } from "../shared/lineSegments";
import type { Marker } from "../shared/markers";
import { SegmentText } from "../shared/SegmentText";
import { TranscriptLine } from "../shared/TranscriptLine";
import type { Texts } from "../shared/useTexts";
import { CorrectionForm } from "./CorrectionForm";
import styles from "./SpokenTranscript.module.css";
import type { SpokenLine } from "./spokenLines";

/** What a reader may do with lines; the same object as long as that is the same. */
export interface LineActions {
  readonly play: (from_ms: number) => void;
  /** Open the form in which a line is put right; null: close it. */
  readonly edit: (utteranceId: string | null) => void;
  /** null: this reader puts no lines right. */
  readonly correct: ((utteranceId: string, text: string) => Promise<void>) | null;
  /** Quote the line in an appeal; null: nothing is being quoted. */
  readonly quote: ((utteranceId: string) => void) | null;
  /** What is quoted already. */
  readonly quoted: readonly string[];
}

interface Props {
  spoken: SpokenLine;
  /** The run that is heard now; -1: none. */
  current: number;
  isEdited: boolean;
  markers: readonly Marker[];
  notes: readonly Note[];
  litSerial: number;
  follows: boolean;
  actions: LineActions;
  texts: Texts;
}

/**
 * A line whose words tell when they are heard and play when they are clicked. A long call has a hundred thousand words:
 * a line is cut into its own once it is heard or the pointer comes.
 */
export const SpokenLineView = memo(function SpokenLineView(props: Props): React.JSX.Element {
  const { spoken, current, isEdited, markers, notes, litSerial, follows, actions, texts } = props;
  const { line, corrected } = spoken;
  const { t } = texts;
  const [showsOriginal, setShowsOriginal] = useState(false);
  const [isNear, setIsNear] = useState(false);
  const isOriginal = corrected !== null && showsOriginal;
  const start = (
    <button
      type="button"
      className={styles.start}
      tabIndex={-1}
      title={t("call-page.play-line")}
      onClick={() => {
        actions.play(line.start_ms);
      }}
    >
      {clockTime(line.start_ms)}
    </button>
  );
  const below = (
    <>
      {corrected && (
        <p className={styles.corrected} data-testid={`corrected-${line.utterance_id}`}>
          {t("call-page.corrected", { name: corrected.by_name, when: whenOf(corrected.at, texts.language) })}
          <button
            type="button"
            aria-pressed={showsOriginal}
            onClick={() => {
              setShowsOriginal(!showsOriginal);
            }}
          >
            {t(showsOriginal ? "call-page.show-corrected" : "call-page.show-original")}
          </button>
        </p>
      )}
      {isEdited && actions.correct && (
        <CorrectionForm
          line={line}
          text={corrected?.text ?? line.text}
          correct={actions.correct}
          close={actions.edit}
          t={t}
        />
      )}
    </>
  );
  return (
    <TranscriptLine
      line={line}
      markers={markers}
      notes={notes}
      litSerial={litSerial}
      follows={follows}
      texts={texts}
      time={start}
      words={
        <span
          onMouseEnter={() => {
            setIsNear(true);
          }}
        >
          {isOriginal ? (
            <Words line={line} segments={spokenSegmentsOf(line)} current={-1} actions={actions} texts={texts} />
          ) : isNear || current >= 0 || corrected !== null ? (
            <Words line={line} segments={spoken.segments} current={current} actions={actions} texts={texts} />
          ) : (
            segmentsOf(line).map((segment, index) => <SegmentText key={index} segment={segment} texts={texts} />)
          )}
          {line.final && actions.quote && (
            <button
              type="button"
              className={styles.quote}
              aria-pressed={actions.quoted.includes(line.utterance_id)}
              data-testid={`quote-line-${line.utterance_id}`}
              onClick={() => {
                actions.quote?.(line.utterance_id);
              }}
            >
              {t(actions.quoted.includes(line.utterance_id) ? "reviews.quoted" : "reviews.quote")}
            </button>
          )}
          {line.final && actions.correct && !isEdited && (
            <button
              type="button"
              className={styles.edit}
              tabIndex={-1}
              title={t("call-page.correct")}
              aria-label={t("call-page.correct")}
              data-testid={`correct-${line.utterance_id}`}
              onClick={() => {
                actions.edit(line.utterance_id);
              }}
            >
              <EditOutlined />
            </button>
          )}
        </span>
      }
      below={below}
    />
  );
});

interface WordsProps {
  line: Line;
  segments: readonly SpokenSegment[];
  current: number;
  actions: LineActions;
  texts: Texts;
}

function Words({ line, segments, current, actions, texts }: WordsProps): React.JSX.Element {
  return (
    <>
      {segments.map((segment, index) => (
        <span
          key={index}
          className={styles.word}
          data-heard={index === current}
          onClick={() => {
            actions.play(segment.span_ms?.[0] ?? line.start_ms);
          }}
        >
          <SegmentText segment={segment} texts={texts} />
        </span>
      ))}
    </>
  );
}

function whenOf(at: string, language: string): string {
  return new Date(at).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
}
