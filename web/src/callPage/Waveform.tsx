import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";

import type { Party } from "../protocol.gen";
import { themes, type ThemeName } from "../theme/tokens";
import { audioUrl, type SoundPeaks } from "./api";
import type { Player } from "./player";
import styles from "./Timeline.module.css";

interface Props {
  callId: string;
  peaks: SoundPeaks;
  player: Player;
  theme: ThemeName;
}

const LANE_HEIGHT_PX = 40;
const ORDER: readonly Party[] = ["customer", "agent", "mixed"];
const FULL_SCALE = 255;
/** How much of a party's colour is left where it was not heard yet; opaque, for the heard part is drawn through it. */
const UNHEARD_SHARE = 0.45;

/** The sound of each party as a picture; a click goes there. */
export function Waveform({ callId, peaks, player, theme }: Props): React.JSX.Element {
  const { t } = useTranslation();
  const { duration_ms } = peaks;
  const place = useRef<HTMLDivElement>(null);
  const lanes = useMemo(() => ORDER.flatMap((party) => peaks.parties.filter((one) => one.party === party)), [peaks]);
  useEffect(() => {
    if (place.current === null) return;
    const colours = themes[theme];
    const wave = WaveSurfer.create({
      container: place.current,
      media: player.audio,
      // Whoever has no address takes the one of the element away.
      url: new URL(audioUrl(callId), window.location.href).href,
      peaks: lanes.map((lane) => lane.peaks.map((peak) => peak / FULL_SCALE)),
      duration: duration_ms / 1000,
      height: LANE_HEIGHT_PX,
      splitChannels: lanes.map(({ party }) => ({
        waveColor: between(colours.surface, colours[party], UNHEARD_SHARE),
        progressColor: colours[party],
      })),
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 0,
      dragToSeek: true,
      hideScrollbar: true,
      normalize: true,
    });
    return () => {
      wave.destroy();
    };
  }, [callId, lanes, duration_ms, player, theme]);
  return (
    <div className={styles.row} data-testid="waveform">
      <p className={styles.parties} aria-hidden="true">
        {lanes.map(({ party }) => (
          <b key={party} data-party={party}>
            {t(`party.${party}`)}
          </b>
        ))}
      </p>
      <div className={styles.plot}>
        <div ref={place} className={styles.wave} role="img" aria-label={t("call-page.waveform")} />
      </div>
    </div>
  );
}

/** A colour between two (#rrggbb): share 0 is the first. */
function between(first: string, second: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [one, other] = [first, second].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((one ?? 0) * (1 - share) + (other ?? 0) * share);
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
