import { useEffect, useState, useSyncExternalStore } from "react";

import { browserWorld } from "../browserWorld";
import type { User } from "../protocol";
import { DeskSession } from "../state/deskSession";
import type { DeskState } from "../state/deskState";

/** The signed-in user's desk, connected while the component is on the page. */
export function useDeskSession(user: User): { session: DeskSession; state: DeskState } {
  const [session] = useState(() => new DeskSession(user, browserWorld));
  useEffect(() => session.start(), [session]);
  return { session, state: useSyncExternalStore(session.subscribe, session.getState) };
}
