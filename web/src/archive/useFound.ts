import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError } from "../api";
import type { Report } from "../useReport";
import { countCalls, findCalls, type CallCount, type FoundCall } from "./api";
import { questionOf } from "./question";

/** What the server does not understand of a question. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface Found {
  /** The question that this answers, as it stands in the address. */
  readonly asked: string;
  readonly calls: readonly FoundCall[];
  readonly next: string | null;
  readonly refusal: Refusal | null;
}

export interface Answer {
  /** null until the server has answered the question of the address. */
  readonly calls: readonly FoundCall[] | null;
  readonly count: CallCount | null;
  readonly refusal: Refusal | null;
  /** Absent: everything is there. */
  readonly more?: () => void;
  readonly isBusy: boolean;
}

const REFUSED = new Set(["bad-input", "bad-cursor"]);

/** The calls that a question finds, page by page; an answer that comes too late is not taken. */
export function useFound(asked: string, report: Report): Answer {
  const [found, setFound] = useState<Found | null>(null);
  const [count, setCount] = useState<{ readonly asked: string; readonly of: CallCount } | null>(null);
  const [readingOn, setReadingOn] = useState<string | null>(null);
  const latest = useRef(asked);

  const read = useCallback(
    (before: readonly FoundCall[], after: string | null): Promise<void> =>
      findCalls(asked, after).then(
        ({ calls, next }) => {
          if (latest.current === asked) setFound({ asked, calls: [...before, ...calls], next, refusal: null });
        },
        (error: unknown) => {
          if (latest.current !== asked) return;
          const refusal = refusalOf(error);
          setFound({ asked, calls: before, next: null, refusal });
          if (refusal === null) report(error);
        },
      ),
    [asked, report],
  );

  useEffect(() => {
    latest.current = asked;
    void read([], null);
    countCalls(questionOf(asked)).then(
      (of) => {
        if (latest.current === asked) setCount({ asked, of });
      },
      () => undefined, // the page of calls tells of it
    );
  }, [asked, read]);

  const answer = found?.asked === asked ? found : null;
  const isBusy = answer === null || readingOn === answer.next;
  const next = answer?.next ?? null;
  return {
    calls: answer?.calls ?? null,
    count: count?.asked === asked ? count.of : null,
    refusal: answer?.refusal ?? null,
    isBusy: isBusy && (answer === null || next !== null),
    ...(answer !== null &&
      next !== null &&
      !isBusy && {
        more: () => {
          setReadingOn(next);
          void read(answer.calls, next);
        },
      }),
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof ApiError) || !(error.code.startsWith("search-") || REFUSED.has(error.code))) return null;
  return { code: error.code, message: error.message };
}
