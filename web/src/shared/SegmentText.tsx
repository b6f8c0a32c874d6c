import { entityText } from "./entityText";
import type { Segment } from "./lineSegments";
import { Tip } from "./Tip";
import { useAttention } from "./useAttention";
import type { Texts } from "./useTexts";

interface Props {
  segment: Segment;
  texts: Texts;
}

/** One run of a line; what is to be told of it is told on hover, on focus and to screen readers. */
export function SegmentText({ segment, texts }: Props): React.JSX.Element {
  const { text, kind, correction, entity } = segment;
  if (correction === null && entity === null) {
    return (
      <span data-kind={kind} title={doubtOf(segment, texts)}>
        {text}
      </span>
    );
  }
  return <MarkedText segment={segment} texts={texts} />;
}

/**
 * A value that was said, a name that was put right, or both. The tooltip is made when it is asked for: a long call has
 * thousands of these.
 */
function MarkedText({ segment, texts }: Props): React.JSX.Element {
  const attention = useAttention();
  const { text, kind, correction, entity } = segment;
  const { t } = texts;
  const told = [
    entity && entityText(entity, texts),
    correction && t("transcript.corrected", { heard: correction.heard, written: correction.written }),
    doubtOf(segment, texts),
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <span
      data-kind={kind}
      data-corrected={correction !== null}
      data-entity={entity?.label}
      tabIndex={0}
      role="note"
      aria-label={told}
      {...attention.watched}
    >
      {text}
      {attention.has && <Tip>{told}</Tip>}
    </span>
  );
}

function doubtOf({ kind, confidence }: Segment, { t }: Texts): string | undefined {
  return kind === "doubtful" ? t("transcript.confidence", { percent: Math.round((confidence ?? 0) * 100) }) : undefined;
}
