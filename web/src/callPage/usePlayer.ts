import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { Player, type PlayerState } from "./player";

/** A player of the sound at an address while the component is on the page; null: there is none to play. */
export function usePlayer(url: string | null): Player {
  const [player] = useState(() => new Player(new Audio()));
  useEffect(() => (url === null ? undefined : player.open(url)), [player, url]);
  return player;
}

export function usePlayerState(player: Player): PlayerState {
  return useSyncExternalStore(player.subscribe, player.getState);
}

/** What holds at the position that is heard; the component is drawn again when that changes, not with the position. */
export function useAtPlayhead<T extends string | number | boolean | null>(
  player: Player,
  select: (position_ms: number) => T,
): T {
  return useSyncExternalStore(
    player.subscribe,
    useCallback(() => select(player.position_ms), [player, select]),
  );
}
