import { useCallback, useState } from "react";

import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { listReviews, type Review, type ReviewPage } from "./api";

export interface Listed {
  /** null until the server has answered. */
  readonly reviews: readonly Review[] | null;
  /** Absent: everything is there. */
  readonly more?: () => void;
  readonly again: () => void;
}

/** The reviews that a query finds, page by page. */
export function useReviews(query: string, report: Report): Listed {
  const read = useCallback(async () => ({ query, page: await listReviews(query, null) }), [query]);
  const { value, again } = useRead(read, report);
  const first = value?.query === query ? value.page : null;
  /** Pages after the first one, which they belong to. */
  const [rest, setRest] = useState<{ readonly of: ReviewPage; readonly page: ReviewPage } | null>(null);
  const shown = rest !== null && rest.of === first ? rest.page : first;
  return {
    reviews: shown?.reviews ?? null,
    again,
    ...(first !== null &&
      shown !== null &&
      shown.next !== null && {
        more: () => {
          listReviews(query, shown.next).then(({ reviews, next }) => {
            setRest({ of: first, page: { reviews: [...shown.reviews, ...reviews], next } });
          }, report);
        },
      }),
  };
}
