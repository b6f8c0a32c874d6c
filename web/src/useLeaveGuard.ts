import { useEffect } from "react";

import { guardLeaving } from "./route";

/** Ask before what was typed is lost. */
export function useLeaveGuard(dirty: boolean, question: string): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    const release = guardLeaving(() => window.confirm(question));
    return () => {
      window.removeEventListener("beforeunload", ask);
      release();
    };
  }, [dirty, question]);
}
