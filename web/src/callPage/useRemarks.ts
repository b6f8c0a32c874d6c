import { useCallback, useMemo, useState } from "react";

import type { User } from "../protocol";
import type { CallView } from "../protocol.gen";
import { useShortcuts } from "../shared/useShortcuts";
import type { Report } from "../useReport";
import { correctLine, leaveNote, removeNote } from "./api";
import type { Player } from "./player";
import { neighbourStart } from "./spokenLines";
import type { LineActions } from "./SpokenLineView";

interface Remarks {
  readonly actions: LineActions;
  /** The line that is being put right. */
  readonly edited: string | null;
  readonly leave: ((at_ms: number, text: string) => Promise<boolean>) | null;
  readonly remove: (noteId: string) => void;
}

interface Given {
  callId: string;
  view: CallView;
  user: User;
  player: Player;
  again: () => void;
  report: Report;
  help: () => void;
  quoting: Pick<LineActions, "quote" | "quoted">;
}

const STEP_MS = 5000;
const LEAP_MS = 10_000;

/** What a listener does with the call: by click, and by key. */
export function useRemarks({ callId, view, user, player, again, report, help, quoting }: Given): Remarks {
  const [edited, setEdited] = useState<string | null>(null);
  const mayCorrect = user.permissions?.includes("transcript.correct") ?? false;
  const mayNote = user.permissions?.includes("note.write") ?? false;
  const send = useCallback(
    async (request: Promise<unknown>): Promise<boolean> => {
      try {
        await request;
      } catch (error) {
        report(error);
        return false;
      }
      again();
      return true;
    },
    [report, again],
  );
  const actions = useMemo(
    (): LineActions => ({
      play: player.play,
      edit: setEdited,
      correct: !mayCorrect
        ? null
        : async (utteranceId, text) => {
            if (await send(correctLine(callId, utteranceId, text))) setEdited(null);
          },
      ...quoting,
    }),
    [callId, player, mayCorrect, send, quoting],
  );
  const leave = useMemo(
    () =>
      mayNote ? (at_ms: number, text: string) => send(leaveNote(callId, { note_id: newId(), at_ms, text })) : null,
    [callId, mayNote, send],
  );
  const remove = (noteId: string): void => {
    void send(removeNote(callId, noteId));
  };

  const toLine = (step: 1 | -1) => (): void => {
    const start_ms = neighbourStart(view.lines, player.position_ms, step);
    if (start_ms !== null) player.seek(start_ms);
  };
  const skip = (by_ms: number) => (): void => {
    player.skip(by_ms);
  };
  useShortcuts({
    "?": help,
    " ": player.toggle,
    k: player.toggle,
    arrowleft: skip(-STEP_MS),
    arrowright: skip(STEP_MS),
    j: skip(-LEAP_MS),
    l: skip(LEAP_MS),
    arrowup: toLine(-1),
    arrowdown: toLine(1),
    e: () => {
      if (!mayCorrect) return;
      const line = view.lines.findLast(({ start_ms, final }) => final && start_ms <= player.position_ms);
      if (line === undefined) return;
      if (!player.audio.paused) player.audio.pause();
      setEdited(line.utterance_id);
    },
  });
  return { actions, edited, leave, remove };
}

/** In a private network without HTTPS there is no crypto.randomUUID (W3C Web Crypto, secure contexts). */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
