import { useCallback, useState } from "react";

import type { User } from "../protocol";
import type { CallView } from "../protocol.gen";
import type { Report } from "../useReport";
import { revealedView } from "./revealing";

export interface Revealing {
  readonly isRevealed: boolean;
  /** Show the call as it was said; whether that is so now. */
  readonly reveal: (reason: string) => Promise<boolean>;
  readonly hide: () => void;
}

interface Shown {
  readonly view: CallView;
  /** null: this reader may not look behind the masks of this call. */
  readonly revealing: Revealing | null;
}

/** The call with or without its masks; what is added to it brings them back. */
export function useRevealed(stored: CallView, user: User, again: () => void, report: Report): Shown {
  const [revealed, setRevealed] = useState<CallView | null>(null);
  const isRevealed = revealed !== null && revealed.seq >= stored.seq;
  const callId = stored.call_id;
  const reveal = useCallback(
    (reason: string) =>
      revealedView(callId, reason).then(
        (view) => {
          setRevealed(view);
          again();
          return true;
        },
        (error: unknown) => {
          report(error);
          return false;
        },
      ),
    [callId, again, report],
  );
  const hide = useCallback(() => {
    setRevealed(null);
  }, []);
  const mayLook = stored.status === "closed" && (user.permissions?.includes("private.reveal") ?? false);
  return { view: isRevealed ? revealed : stored, revealing: mayLook ? { isRevealed, reveal, hide } : null };
}
