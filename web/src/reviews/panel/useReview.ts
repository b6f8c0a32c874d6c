import { useCallback, useState } from "react";

import { ApiError } from "../../api";
import { useRead } from "../../useRead";
import type { Report } from "../../useReport";
import { reviewDetail, reviewsOfCall, type Review, type ReviewDetail } from "../api";
import { EMPTY_DRAFT, type Draft } from "../drafts";
import { refreshInbox } from "../inbox";

/** The reviews of a call, and what their reader does with one of them. */
export interface Reviewing {
  /** null until the server has answered. */
  readonly reviews: readonly Review[] | null;
  /** null: none is chosen, or it is being read. */
  readonly detail: ReviewDetail | null;
  readonly choose: (reviewId: string) => void;
  readonly draft: Draft;
  readonly edit: (change: Partial<Draft>) => void;
  /** Something is written and not sent. */
  readonly isDirty: boolean;
  readonly isSending: boolean;
  /** Somebody has changed the review since it was read. */
  readonly isStale: boolean;
  /** Read it again; what is written stays. */
  readonly again: () => void;
  /** Take a step; `written`: parts of the draft that it takes along. */
  readonly send: (step: (review: Review) => Promise<unknown>, written: readonly (keyof Draft)[]) => Promise<boolean>;
}

const NONE: readonly Review[] = [];
const OVER = new Set(["withdrawn", "sealed", "closed"]);

/** `named`: the review that the address names. */
export function useReview(callId: string, named: string | null, isWanted: boolean, report: Report): Reviewing {
  const readAll = useCallback(
    async () => (isWanted ? (await reviewsOfCall(callId)).reviews : NONE),
    [callId, isWanted],
  );
  const { value: reviews, again: listAgain } = useRead(readAll, report);
  const [picked, setPicked] = useState<{ readonly id: string; readonly over: string | null } | null>(null);
  const first = reviews?.find(({ state }) => !OVER.has(state)) ?? reviews?.[0];
  // Another address on the same page names its review anew.
  const own = picked?.over === named ? picked.id : null;
  const chosen = own ?? (reviews?.some(({ review_id }) => review_id === named) ? named : (first?.review_id ?? null));
  const read = useCallback(async () => (chosen === null ? null : reviewDetail(chosen)), [chosen]);
  const { value, again: detailAgain } = useRead(read, report);
  const detail = value?.review.review_id === chosen ? value : null;
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const [isSending, setIsSending] = useState(false);
  const [staleVersion, setStaleVersion] = useState<number | null>(null);
  const draft = (chosen !== null && drafts.get(chosen)) || EMPTY_DRAFT;

  const again = useCallback(() => {
    listAgain();
    detailAgain();
    refreshInbox();
  }, [listAgain, detailAgain]);

  const edit = useCallback(
    (change: Partial<Draft>) => {
      if (chosen === null) return;
      setDrafts((last) => new Map(last).set(chosen, { ...(last.get(chosen) ?? EMPTY_DRAFT), ...change }));
    },
    [chosen],
  );

  const send = useCallback(
    async (step: (review: Review) => Promise<unknown>, written: readonly (keyof Draft)[]): Promise<boolean> => {
      if (detail === null) return false;
      const { review } = detail;
      setIsSending(true);
      try {
        await step(review);
      } catch (error) {
        if (error instanceof ApiError && error.code === "review-changed") setStaleVersion(review.version);
        else report(error);
        return false;
      } finally {
        setIsSending(false);
      }
      edit(Object.fromEntries(written.map((part) => [part, EMPTY_DRAFT[part]])));
      again();
      return true;
    },
    [detail, report, edit, again],
  );

  const choose = useCallback(
    (id: string) => {
      setPicked({ id, over: named });
    },
    [named],
  );

  return {
    reviews,
    detail,
    choose,
    draft,
    edit,
    isDirty: [...drafts.values()].some(isWritten),
    isSending,
    isStale: staleVersion !== null && detail?.review.version === staleVersion,
    again,
    send,
  };
}

function isWritten(draft: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(EMPTY_DRAFT);
}
