import { useCallback, useEffect, useState } from "react";

import type { Report } from "./useReport";

export interface Read<T> {
  /** null until the server has answered; then its last answer, while it is asked again. */
  readonly value: T | null;
  readonly again: () => void;
}

/**
 * What `read` answers. It is asked when the component comes and whenever `read` is another one; an answer that comes
 * too late for that is not taken.
 */
export function useRead<T>(read: () => Promise<T>, report: Report): Read<T> {
  const [value, setValue] = useState<{ readonly of: T } | null>(null);
  const [serial, setSerial] = useState(0);
  useEffect(() => {
    let isWanted = true;
    read().then(
      (answer) => {
        if (isWanted) setValue({ of: answer });
      },
      (error: unknown) => {
        if (isWanted) report(error);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [read, report, serial]);
  const again = useCallback(() => {
    setSerial((last) => last + 1);
  }, []);
  return { value: value === null ? null : value.of, again };
}
