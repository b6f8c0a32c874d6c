import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { entityText } from "./entityText";
import type { Segment } from "./lineSegments";
import { useLabelName } from "./useLabelName";

/** One run of a line; what is to be told of it is told on hover, on focus and to screen readers. */
export function SegmentText({ segment }: { segment: Segment }): React.JSX.Element {
  const { t } = useTranslation();
  const { text, kind, confidence, correction, entity } = segment;
  const doubt = kind === "doubtful" ? t("transcript.confidence", { percent: Math.round((confidence ?? 0) * 100) }) : "";
  if (correction === null && entity === null) {
    // A plain title: a long call has thousands of these.
    return (
      <span data-kind={kind} title={doubt || undefined}>
        {text}
      </span>
    );
  }
  return <MarkedText segment={segment} doubt={doubt} />;
}

/** A value that was said, a name that was put right, or both. */
function MarkedText({ segment, doubt }: { segment: Segment; doubt: string }): React.JSX.Element {
  const { t } = useTranslation();
  const nameOf = useLabelName();
  const { text, kind, correction, entity } = segment;
  const told = [
    entity && entityText(entity, t, nameOf),
    correction && t("transcript.corrected", { heard: correction.heard, written: correction.written }),
    doubt,
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <Tooltip title={told} trigger={["hover", "focus"]}>
      <span
        data-kind={kind}
        data-corrected={correction !== null}
        data-entity={entity?.label}
        tabIndex={0}
        role="note"
        aria-label={told}
      >
        {text}
      </span>
    </Tooltip>
  );
}
