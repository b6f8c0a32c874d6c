import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { CallView } from "../protocol.gen";
import { FeelingsBand } from "../shared/FeelingsBand";
import type { Shine } from "../shared/spotlight";
import type { ThemeName } from "../theme/tokens";
import type { SoundPeaks } from "./api";
import { MarkLane } from "./MarkLane";
import type { Player } from "./player";
import styles from "./Timeline.module.css";
import { flagMarks, noteMarks, promptMarks } from "./timelineMarks";
import { Waveform } from "./Waveform";

interface Props {
  view: CallView;
  /** null: there is no sound to be shown. */
  peaks: SoundPeaks | null;
  player: Player;
  theme: ThemeName;
  shine: Shine;
  children: React.ReactNode;
}

/** The call over its time: sound, feelings, flags, cues and notes under each other. */
export function Timeline({ view, peaks, player, theme, shine, children }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const duration_ms = Math.max(1, peaks?.duration_ms ?? view.position_ms);
  const flags = useMemo(() => flagMarks(view), [view]);
  const prompts = useMemo(() => promptMarks(view), [view]);
  const notes = useMemo(() => noteMarks(view), [view]);
  return (
    <section className={styles.timeline} aria-label={t("call-page.timeline")} data-testid="timeline">
      {children}
      <div className={styles.lanes}>
        {peaks && <Waveform callId={view.call_id} peaks={peaks} player={player} theme={theme} />}
        <FeelingsBand feelings={view.feelings} time_ms={duration_ms} shine={shine} />
        <MarkLane of="flags" marks={flags} duration_ms={duration_ms} shine={shine} />
        <MarkLane of="prompts" marks={prompts} duration_ms={duration_ms} shine={shine} />
        <MarkLane of="notes" marks={notes} duration_ms={duration_ms} shine={shine} />
        {peaks && <Playhead player={player} duration_ms={duration_ms} />}
      </div>
    </section>
  );
}

/** The line that goes along with what is heard; it moves with every frame, so that React is left out of it. */
function Playhead({ player, duration_ms }: { player: Player; duration_ms: number }): React.JSX.Element {
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const move = (): void => {
      line.current?.style.setProperty("left", `${Math.min(100, (player.position_ms / duration_ms) * 100)}%`);
    };
    move();
    return player.subscribe(move);
  }, [player, duration_ms]);
  return (
    <div className={styles.playhead} aria-hidden="true">
      <i ref={line} />
    </div>
  );
}
