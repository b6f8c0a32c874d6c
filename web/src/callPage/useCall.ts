import { useCallback, useEffect, useRef, useState } from "react";

import { storedCall } from "../api";
import { browserWorld } from "../browserWorld";
import { DeskSocket } from "../deskSocket";
import { fold } from "../fold";
import type { CallView } from "../protocol.gen";
import { useRead } from "../useRead";
import type { Report } from "../useReport";

interface OpenCall {
  /** null until the server has answered. */
  readonly view: CallView | null;
  /** Read again what is stored. */
  readonly again: () => void;
}

/** A call as it is stored; one that goes on is followed until it is closed. */
export function useCall(callId: string, report: Report): OpenCall {
  const read = useCallback(async () => (await storedCall(callId)).view, [callId]);
  const { value: stored, again } = useRead(read, report);
  const [followed, setFollowed] = useState<CallView | null>(null);
  const view = newer(stored, followed);
  const isLive = view !== null && view.status !== "closed";
  const seq = useRef(0);
  useEffect(() => {
    seq.current = view?.seq ?? 0;
  });
  useEffect(() => {
    if (!isLive) return;
    const socket = new DeskSocket(browserWorld, {
      linkChanged: () => undefined,
      roundTrip: () => undefined,
      lastSeq: () => seq.current,
      received: (message) => {
        if (message.type === "snapshot") setFollowed(message.view);
        if (message.type === "error" && message.code === "unknown-call") again();
        if (message.type === "events") {
          setFollowed((last) => {
            const before = newer(stored, last);
            return before && message.envelopes.reduce(fold, before);
          });
        }
      },
    });
    socket.watch(callId);
    socket.open();
    return () => {
      socket.close();
    };
  }, [isLive, callId, stored, again]);
  return { view, again };
}

/** Whichever of two views of a call knows more of it. */
function newer(one: CallView | null, other: CallView | null): CallView | null {
  if (one === null || other === null) return one ?? other;
  return other.call_id === one.call_id && other.seq > one.seq ? other : one;
}
