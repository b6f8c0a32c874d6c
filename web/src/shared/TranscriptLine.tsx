import { memo, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Line, RoleGuess } from "../protocol.gen";
import { clockTime, seconds } from "./format";
import { FLAG_ICONS, PROMPT_ICONS } from "./icons";
import { IntentChips } from "./IntentChips";
import { chipsOf } from "./intents";
import type { Note } from "./lineNotes";
import { segmentsOf } from "./lineSegments";
import type { Marker } from "./markers";
import { SegmentText } from "./SegmentText";
import styles from "./Transcript.module.css";
import { useLingering } from "./useLingering";
import type { Texts } from "./useTexts";

interface Props {
  line: Line;
  markers: readonly Marker[];
  notes: readonly Note[];
  /** Above 0 while the line is pointed out; a new number points it out again. */
  litSerial: number;
  /** Whether the same party said the line before. */
  follows: boolean;
  texts: Texts;
  /** In place of the time at which the line begins. */
  time?: ReactNode;
  /** In place of the words as they were recognised. */
  words?: ReactNode;
  /** Under the words. */
  below?: ReactNode;
}

/** Probability from which on a guess at the speaker is named; below it nobody is. */
const SURE_ROLE = 0.7;

/**
 * One utterance. Both lanes are anchored left, so that growing text never moves what is already there; rows are only
 * added. Its arrays must keep their identity while nothing changed: a long call redraws only the line that does.
 */
export const TranscriptLine = memo(function TranscriptLine(props: Props): React.JSX.Element {
  const { line, markers, notes, litSerial, follows, texts, time, words, below } = props;
  const { t } = texts;
  const { intents } = line;
  const own = useMemo(() => chipsOf(intents), [intents]);
  const chips = useLingering(own);
  return (
    <li
      className={styles.line}
      data-testid={`line-${line.utterance_id}`}
      data-party={line.party}
      data-final={line.final}
      data-follows={follows}
      data-chips={chips.length > 0}
    >
      <time>{time ?? clockTime(line.start_ms)}</time>
      <div className={styles.lane}>
        <div className={styles.bubble} key={litSerial} data-lit={litSerial > 0}>
          <span className="visually-hidden">{t(`party.${line.party}`)}: </span>
          {line.role && <RoleTag role={line.role} />}
          <p lang="zh-CN">
            {words ??
              segmentsOf(line).map((segment, index) => <SegmentText key={index} segment={segment} texts={texts} />)}
          </p>
          {below}
        </div>
        {markers.map((marker) => (
          <MarkerIcon key={`${marker.type}-${marker.id}`} marker={marker} />
        ))}
      </div>
      {chips.length > 0 && (
        <IntentChips chips={chips} acts={line.acts} isEarly={!line.final || chips !== own} texts={texts} />
      )}
      {notes.map((note) => (
        <p key={`${note.kind}-${note.start_ms}`} className={styles.note}>
          <NoteText note={note} />
        </p>
      ))}
    </li>
  );
});

/** Who seems to have said it; it says that it is a guess. */
function RoleTag({ role }: { role: RoleGuess }): React.JSX.Element {
  const { t } = useTranslation();
  const party = t(`party.${role.party}`);
  const by = t(role.by_voice ? "transcript.role-by-voice" : "transcript.role-by-words");
  const isSure = role.score >= SURE_ROLE;
  return (
    <span
      className={styles.role}
      data-party={isSure ? role.party : "mixed"}
      title={t("transcript.role-title", { by, party, percent: Math.round(role.score * 100) })}
    >
      {t(isSure ? "transcript.role" : "transcript.role-unsure", { party, by })}
    </span>
  );
}

function MarkerIcon({ marker }: { marker: Marker }): React.JSX.Element {
  const { t } = useTranslation();
  const title =
    marker.type === "prompt"
      ? t("transcript.marker-prompt", { title: marker.title })
      : t("transcript.marker-flag", { title: marker.title });
  const Icon = marker.type === "prompt" ? PROMPT_ICONS[marker.tone] : FLAG_ICONS[marker.tone];
  return (
    <span className={styles.marker} data-tone={marker.tone} role="img" title={title} aria-label={title}>
      <Icon />
    </span>
  );
}

function NoteText({ note }: { note: Note }): string {
  const { t } = useTranslation();
  if (note.kind === "exchange") return t("transcript.exchange", { name: note.by_name });
  const length = seconds(note.length_ms);
  return note.kind === "gap"
    ? t("transcript.gap", { seconds: length, cause: t(`gap-cause.${note.cause}`) })
    : t("transcript.silence", { seconds: length });
}
