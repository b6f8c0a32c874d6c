import { useCallback, useEffect } from "react";

import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { bundledCases, storedCase } from "./drillCases";
import type { Phone } from "./phone";
import type { DrillCase } from "./phoneState";

/** The customers one can practise with; a stored call of the address comes first and is chosen at once. */
export function useCases(phone: Phone, callId: string | null, report: Report): readonly DrillCase[] | null {
  const read = useCallback(async () => {
    const stored = callId === null ? [] : [await storedCase(callId)];
    return [...stored, ...(await bundledCases())];
  }, [callId]);
  const { value } = useRead(read, report);
  const named = callId === null ? undefined : value?.find(({ id }) => id === callId);
  useEffect(() => {
    if (named === undefined) return;
    phone.plan({ mode: "drill" });
    phone.chooseCase(named);
  }, [phone, named]);
  return value;
}
