import { useMemo, useState } from "react";

import type { Line } from "../../protocol.gen";
import { withQuote } from "../drafts";
import type { Reviewing } from "./useReview";

interface Quoting {
  /** The point of the appeal whose quotes are picked. */
  readonly picking: number | null;
  readonly pick: (point: number | null) => void;
  readonly quoting: {
    /** Quotes a line in that point, or takes it out; null: nothing is picked. */
    readonly quote: ((utteranceId: string) => void) | null;
    readonly quoted: readonly string[];
  };
}

const NOTHING = { quote: null, quoted: [] };

/** Lines of the transcript that an agent quotes in an appeal. */
export function useQuoting({ draft, edit }: Reviewing, lines: readonly Line[]): Quoting {
  const [picking, pick] = useState<number | null>(null);
  const { appeal } = draft;
  const quoting = useMemo(() => {
    const picked = picking === null ? undefined : appeal?.points[picking];
    if (appeal === null || picked === undefined) return NOTHING;
    const quote = (utteranceId: string): void => {
      const points = appeal.points.map((point) => (point === picked ? withQuote(point, utteranceId, lines) : point));
      edit({ appeal: { ...appeal, points } });
    };
    return { quote, quoted: picked.utteranceIds };
  }, [picking, appeal, edit, lines]);
  return { picking, pick, quoting };
}
