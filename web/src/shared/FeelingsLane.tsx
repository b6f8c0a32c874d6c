import { ArrowDownOutlined, ArrowRightOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { memo, useMemo, type ComponentType } from "react";
import { useTranslation } from "react-i18next";

import type { Feeling, Trend } from "../protocol.gen";
import styles from "./FeelingsBand.module.css";
import { closed, type Course, type FeelingMark, type Place } from "./feelingsCourse";
import { FeelingShape } from "./FeelingShape";
import { clockTime } from "./format";
import type { Shine } from "./spotlight";
import { Tip } from "./Tip";
import { useAttention } from "./useAttention";
import { useFeelingText } from "./useFeelingText";
import { useRoving } from "./useRoving";

/** The arrows go as the line does: down where unpleasant feelings rise. */
const TREND_ICONS: Readonly<Record<Trend, ComponentType>> = {
  rising: ArrowDownOutlined,
  steady: ArrowRightOutlined,
  falling: ArrowUpOutlined,
};
const LEAST_MARK_PX = 8;
const STRONGER_PX = 1.5;

/** One party's line: how they feel now, then what they felt when. */
export function FeelingsLane({ course, shine }: { course: Course; shine: Shine }): React.JSX.Element {
  const { t } = useTranslation();
  const text = useFeelingText();
  const { party, latest, points } = course;
  const trend = t(`feeling.trend-${latest.trend}`);
  const Arrow = TREND_ICONS[latest.trend];
  return (
    <div
      className={styles.lane}
      role="group"
      aria-label={t("feeling.lane", { party: t(`party.${party}`), state: text.state(latest), trend })}
      data-party={party}
      data-testid={`feelings-${party}`}
    >
      <p className={styles.now} aria-hidden="true" data-emotion={latest.label}>
        <b>{t(`party.${party}`)}</b>
        <FeelingShape label={latest.label} size_px={11} />
        <span>{text.state(latest)}</span>
        <small data-trend={latest.trend} title={trend}>
          <Arrow /> <span>{trend}</span>
        </small>
      </p>
      <div className={styles.plot}>
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <line x1="0" x2="1000" y1="50" y2="50" />
          <polygon points={corners(closed(points))} />
          <polyline points={corners(points)} />
        </svg>
        <Marks course={course} shine={shine} />
      </div>
    </div>
  );
}

/** The marks of a lane are one stop of the tab key; arrow keys go from one to the next. */
function Marks({ course: { marks }, shine }: { course: Course; shine: Shine }): React.JSX.Element {
  const keys = useMemo(() => marks.map(({ feeling }) => feeling.utterance_id), [marks]);
  const { current, choose, go } = useRoving(keys);
  return (
    <div className={styles.marks} onKeyDown={go}>
      {marks.map(({ feeling, x, y }, index) => (
        <Mark
          key={feeling.utterance_id}
          feeling={feeling}
          x={x}
          y={y}
          isStop={index === current}
          choose={choose}
          shine={shine}
        />
      ))}
    </div>
  );
}

interface MarkProps extends FeelingMark {
  isStop: boolean;
  choose: (utteranceId: string) => void;
  shine: Shine;
}

const Mark = memo(function Mark({ feeling, x, y, isStop, choose, shine }: MarkProps): React.JSX.Element {
  const text = useFeelingText();
  const attention = useAttention();
  const { utterance_id: utteranceId, at_ms, label, intensity } = feeling;
  return (
    <button
      type="button"
      style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
      tabIndex={isStop ? 0 : -1}
      data-testid={`feeling-${utteranceId}`}
      aria-label={[clockTime(at_ms), text.state(feeling), text.evidence(feeling)].filter(Boolean).join(" · ")}
      {...attention.watched}
      onClick={() => {
        choose(utteranceId);
        shine({ utteranceId, start_ms: at_ms });
      }}
    >
      <FeelingShape label={label} size_px={LEAST_MARK_PX + STRONGER_PX * intensity} />
      {attention.has && (
        <Tip>
          <Details feeling={feeling} />
        </Tip>
      )}
    </button>
  );
});

/** In the drawing's box of 1000 by 100. */
function corners(places: readonly Place[]): string {
  return places.map(({ x, y }) => `${x * 1000},${y * 100}`).join(" ");
}

/** What a mark stands for, and why. */
function Details({ feeling }: { feeling: Feeling }): React.JSX.Element {
  const { t } = useTranslation();
  const text = useFeelingText();
  const evidence = text.evidence(feeling);
  return (
    <div className={styles.details}>
      <b>
        {clockTime(feeling.at_ms)} {text.state(feeling)}
      </b>
      <span>{t(`feeling.trend-${feeling.trend}`)}</span>
      {evidence && <p>{t("feeling.because", { evidence })}</p>}
      <p>{text.heardIn(feeling)}</p>
    </div>
  );
}
