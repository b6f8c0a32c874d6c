import { useMemo, useState } from "react";

import type { Line } from "../../protocol.gen";
import { withQuote } from "../drafts";
import type { Reviewing } from "./useReview";

interface Quoting {
  /** The point of the appeal whose quotes are picked. */
  readonly picking: number | null;
  readonly pick: (point: number | null) => void;
  /** Quotes a line in that point, or takes it out; null: nothing is picked. */
  readonly quote: ((utteranceId: string) => void) | null;
}

/** Lines of the transcript that an agent quotes in an appeal. */
export function useQuoting({ draft, edit }: Reviewing, lines: readonly Line[]): Quoting {
  const [picking, pick] = useState<number | null>(null);
  const { appeal } = draft;
  const quote = useMemo(() => {
    if (picking === null || appeal === null || appeal.points[picking] === undefined) return null;
    return (utteranceId: string): void => {
      const points = appeal.points.map((point, index) =>
        index === picking ? withQuote(point, utteranceId, lines) : point,
      );
      edit({ appeal: { ...appeal, points } });
    };
  }, [picking, appeal, edit, lines]);
  return { picking, pick, quote };
}
