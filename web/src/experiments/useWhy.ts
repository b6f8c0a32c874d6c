import { useTranslation } from "react-i18next";

import { MEASURES, type Decision } from "./api";
import { ratioText } from "./figures";

/** Why something was decided: a person's words as they are, a code of Livecue's in the language of the page. */
export function useWhy(): (decision: Decision) => string {
  const { t } = useTranslation();
  return ({ by, reason, figures }) => {
    const code = /^(less|more|best)-(.+)$/.exec(reason);
    const than = code?.[1] as "less" | "more" | "best" | undefined;
    const measure = MEASURES.find((one) => one === code?.[2]);
    if (by !== "" || than === undefined || measure === undefined) return reason;
    return t(`experiments.why.${than}`, {
      measure: t(`experiments.measures.${measure}`),
      shown: ratioText(figures.shown_hits, figures.shown_calls),
      other: ratioText(figures.held_out_hits, figures.held_out_calls),
    });
  };
}
