import { useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";

import type { CallView } from "../protocol.gen";
import type { Route } from "../route";
import type { Shine, Spotlight } from "../shared/spotlight";
import type { Player } from "./player";
import { placeOfFlag } from "./timelineMarks";

interface Listening {
  readonly spotlight: Spotlight | null;
  /** Shows a place and plays from it. */
  readonly shine: Shine;
}

/** What is pointed out and heard: first the place that the address names, then what is clicked. */
export function useListening(
  view: CallView,
  player: Player,
  { at_ms, flagId }: Route & { page: "call" },
  isReady: boolean,
): Listening {
  const flag = view.flags.find((one) => one.flag_id === flagId);
  const { utteranceId, start_ms } = flag ? placeOfFlag(flag) : { utteranceId: null, start_ms: at_ms };
  const named = useMemo(
    () => (start_ms === undefined ? null : { utteranceId, start_ms, serial: 1 }),
    [utteranceId, start_ms],
  );
  const [clicked, setClicked] = useState<(Spotlight & { readonly after: Spotlight | null }) | null>(null);
  const shine: Shine = useCallback(
    (target) => {
      setClicked((last) => ({ ...target, serial: (last?.serial ?? 1) + 1, after: named }));
      player.play(target.start_ms);
    },
    [player, named],
  );
  const begin = useEffectEvent(() => {
    if (named === null) return;
    if (flag === undefined) player.seek(named.start_ms);
    else player.play(named.start_ms);
  });
  useEffect(() => {
    if (isReady) begin();
  }, [isReady, named]);
  // Another address on the same page names its place anew.
  return { spotlight: clicked?.after === named ? clicked : named, shine };
}
