import { useMemo } from "react";

import type { Line } from "../protocol.gen";
import type { Spotlight } from "./spotlight";

/** The line that a click on evidence means: the named one, else the last that began by then. */
export function useLitLine(lines: readonly Line[], spotlight: Spotlight | null): string | null {
  return useMemo(() => {
    if (spotlight === null) return null;
    const named = lines.find((line) => line.utterance_id === spotlight.utteranceId);
    return (named ?? lines.findLast((line) => line.start_ms <= spotlight.start_ms))?.utterance_id ?? null;
    // Only a click moves the light, not what is said after it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [spotlight]);
}
