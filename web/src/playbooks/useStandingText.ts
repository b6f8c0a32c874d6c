import { useTranslation } from "react-i18next";

const VERDICTS = ["breach", "at_risk", "met", "abstained"] as const;
const FATES = ["open", "expired", "withdrawn"] as const;

/** How a flag or a prompt stood at the end of a call, in words. */
export function useStandingText(): (standing: string) => string {
  const { t } = useTranslation();
  return (standing) => {
    const verdict = VERDICTS.find((one) => one === standing);
    if (verdict) return t(`verdict.${verdict}`);
    const fate = FATES.find((one) => one === standing);
    return fate ? t(`playbooks.fate.${fate}`) : standing;
  };
}
