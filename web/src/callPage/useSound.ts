import { useCallback, useEffect } from "react";

import type { CallView } from "../protocol.gen";
import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { audioUrl, soundPeaks, type SoundPeaks } from "./api";
import type { Player } from "./player";
import { usePlayer } from "./usePlayer";

interface Sound {
  /** undefined: not known yet. null: there is none, or none yet. */
  readonly peaks: SoundPeaks | null | undefined;
  readonly player: Player;
}

/** A call that has just ended is stored within moments; its sound is asked for again until it is there. */
const AGAIN_MS = 3000;
const JUST_ENDED_MS = 120_000;

/** The sound of a call once it is closed. */
export function useSound(view: CallView, report: Report): Sound {
  const { call_id: callId, status } = view;
  const isClosed = status === "closed";
  const read = useCallback(
    async () => ({ peaks: isClosed ? await soundPeaks(callId) : undefined }),
    [callId, isClosed],
  );
  const { value, again } = useRead(read, report);
  const peaks = value?.peaks;
  useEffect(() => {
    if (!isClosed || peaks !== null || !hasJustEnded(view)) return;
    const timer = setTimeout(again, AGAIN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isClosed, peaks, value, view, again]);
  return { peaks, player: usePlayer(peaks ? audioUrl(callId) : null) };
}

function hasJustEnded({ opened_at, position_ms }: CallView): boolean {
  return opened_at !== null && Date.now() - Date.parse(opened_at) - position_ms < JUST_ENDED_MS;
}
