import { useRead } from "../useRead";
import type { Report } from "../useReport";
import { listPeople } from "./api";

interface Option {
  readonly value: string;
  readonly label: string;
}

/** Who may be given a review, to choose from. */
export function usePeople(report: Report): readonly Option[] {
  const { value } = useRead(listPeople, report);
  return (value?.people ?? []).map(({ user_id, name }) => ({ value: user_id, label: name || user_id }));
}
