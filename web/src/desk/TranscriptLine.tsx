import { Tooltip } from "antd";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Line } from "../protocol.gen";
import { clockTime } from "./format";
import { FLAG_ICONS, PROMPT_ICONS } from "./icons";
import { segmentsOf, type Segment } from "./lineSegments";
import type { Marker } from "./markers";
import styles from "./Transcript.module.css";

interface Props {
  line: Line;
  markers: readonly Marker[];
  /** Above 0 while the line is pointed out; a new number points it out again. */
  litSerial: number;
  /** Whether the same party said the line before. */
  follows: boolean;
  children?: ReactNode;
}

/**
 * One utterance. It has the width of its lane from its first word on, so that growing text never moves sideways; rows
 * are only added.
 */
export const TranscriptLine = memo(function TranscriptLine(props: Props): React.JSX.Element {
  const { line, markers, litSerial, follows, children } = props;
  const { t } = useTranslation();
  return (
    <li
      className={styles.line}
      data-testid={`line-${line.utterance_id}`}
      data-party={line.party}
      data-final={line.final}
      data-follows={follows}
    >
      <div className={styles.bubble} key={litSerial} data-lit={litSerial > 0}>
        <span className="visually-hidden">{t(`party.${line.party}`)}: </span>
        <p lang="zh-CN">
          {segmentsOf(line).map((segment, index) => (
            <SegmentText key={index} segment={segment} />
          ))}
        </p>
      </div>
      <div className={styles.margin}>
        <time>{clockTime(line.start_ms)}</time>
        {markers.map((marker) => (
          <MarkerIcon key={`${marker.type}-${marker.id}`} marker={marker} />
        ))}
      </div>
      {children}
    </li>
  );
});

function SegmentText({ segment }: { segment: Segment }): React.JSX.Element {
  const { t } = useTranslation();
  if (segment.kind !== "doubtful") return <span data-kind={segment.kind}>{segment.text}</span>;
  const percent = Math.round((segment.confidence ?? 0) * 100);
  const title = t("transcript.confidence", { percent });
  return (
    <Tooltip title={title}>
      <span data-kind="doubtful" aria-label={`${segment.text} (${title})`}>
        {segment.text}
      </span>
    </Tooltip>
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
    <Tooltip title={title}>
      <span className={styles.marker} data-tone={marker.tone} aria-label={title}>
        <Icon />
      </span>
    </Tooltip>
  );
}
