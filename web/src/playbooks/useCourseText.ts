import { useTranslation } from "react-i18next";

import type { Change } from "./api";

const VERDICTS = ["breach", "at_risk", "met", "abstained"] as const;
const FATES = ["open", "expired", "withdrawn", "held-out", "none"] as const;

interface Course {
  readonly change: Change | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** How a flag or a prompt stood at the end of a call, and how it would stand, in words. */
export function useCourseText(): (course: Course) => string {
  const { t } = useTranslation();
  const standing = (name: string): string => {
    const verdict = VERDICTS.find((one) => one === name);
    if (verdict) return t(`verdict.${verdict}`);
    const fate = FATES.find((one) => one === name);
    return fate ? t(`playbooks.fate.${fate}`) : name;
  };
  return ({ change, before, after }) => {
    // Of what is held out, "held out" alone would not tell whether it was or would be.
    const absent = change === "held-out" ? "none" : null;
    const sides = [before ?? absent, after ?? absent].filter((one) => one !== null);
    return [...new Set(sides)].map(standing).join(" → ");
  };
}
