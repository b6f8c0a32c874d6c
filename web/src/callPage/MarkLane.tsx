import { BulbOutlined, FileTextOutlined, FlagOutlined, SoundOutlined, UserOutlined } from "@ant-design/icons";
import { memo, useMemo, type ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { clockTime } from "../shared/format";
import { FLAG_ICONS, PROMPT_ICONS } from "../shared/icons";
import type { Shine } from "../shared/spotlight";
import { Tip } from "../shared/Tip";
import { useAttention } from "../shared/useAttention";
import { useRoving } from "../shared/useRoving";
import styles from "./Timeline.module.css";
import { markKey, type TimelineMark } from "./timelineMarks";
import { useMarkText } from "./useMarkText";

interface Props {
  /** What the lane is of. */
  of: "flags" | "prompts" | "notes";
  marks: readonly TimelineMark[];
  duration_ms: number;
  shine: Shine;
}

const LANE_ICONS: Readonly<Record<Props["of"], ComponentType>> = {
  flags: FlagOutlined,
  prompts: BulbOutlined,
  notes: FileTextOutlined,
};

/** Marks of one kind over the time of the call: one stop of the tab key, a click goes there. */
export const MarkLane = memo(function MarkLane({ of, marks, duration_ms, shine }: Props): React.JSX.Element | null {
  const { t } = useTranslation();
  const keys = useMemo(() => marks.map(markKey), [marks]);
  const { current, choose, go } = useRoving(keys);
  const Icon = LANE_ICONS[of];
  if (marks.length === 0) return null;
  return (
    <div className={styles.row} role="group" aria-label={t(`call-page.lane.${of}`)} data-testid={`lane-${of}`}>
      <p className={styles.label} aria-hidden="true">
        <Icon /> <span>{t(`call-page.lane.${of}`)}</span>
      </p>
      <div className={styles.plot}>
        <div className={styles.marks} onKeyDown={go}>
          {marks.map((mark, index) => (
            <Mark
              key={keys[index]}
              mark={mark}
              share={Math.min(1, mark.place.start_ms / duration_ms)}
              isStop={index === current}
              choose={choose}
              shine={shine}
            />
          ))}
        </div>
      </div>
    </div>
  );
});

interface MarkProps {
  mark: TimelineMark;
  /** Of the time of the call, 0 to 1. */
  share: number;
  isStop: boolean;
  choose: (key: string) => void;
  shine: Shine;
}

function Mark({ mark, share, isStop, choose, shine }: MarkProps): React.JSX.Element {
  const text = useMarkText();
  const attention = useAttention();
  const key = markKey(mark);
  const told = `${clockTime(mark.place.start_ms)} · ${text(mark)}`;
  return (
    <button
      type="button"
      style={{ left: `${share * 100}%` }}
      tabIndex={isStop ? 0 : -1}
      data-kind={mark.kind}
      data-tone={toneOf(mark)}
      data-testid={`mark-${key}`}
      aria-label={told}
      {...attention.watched}
      onClick={() => {
        choose(key);
        shine(mark.place);
      }}
    >
      <MarkIcon mark={mark} />
      {attention.has && <Tip>{told}</Tip>}
    </button>
  );
}

function toneOf(mark: TimelineMark): string {
  switch (mark.kind) {
    case "flag":
      return mark.flag.verdict;
    case "prompt":
    case "said":
      return mark.card.prompt.kind;
    case "reaction":
      return mark.reaction.reaction;
    case "note":
      return "note";
  }
}

function MarkIcon({ mark }: { mark: TimelineMark }): React.JSX.Element {
  switch (mark.kind) {
    case "flag": {
      const Icon = FLAG_ICONS[mark.flag.verdict];
      return <Icon />;
    }
    case "prompt": {
      const Icon = PROMPT_ICONS[mark.card.prompt.kind];
      return <Icon />;
    }
    case "said":
      return <SoundOutlined />;
    case "reaction":
      return <UserOutlined />;
    case "note":
      return <FileTextOutlined />;
  }
}
