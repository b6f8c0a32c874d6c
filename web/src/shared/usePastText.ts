import { useTranslation } from "react-i18next";

import { useTexts } from "./useTexts";

/** Says what happened in earlier calls, and when. */
export interface PastText {
  readonly when: (at: string) => string;
  /** What they were about; empty where nothing is known. */
  readonly reasons: (intents: readonly string[]) => string;
}

export function usePastText(): PastText {
  const { i18n } = useTranslation();
  const { nameOf } = useTexts();
  const format = new Intl.DateTimeFormat(i18n.language, {
    ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  return {
    when: (at) => format.format(new Date(at)),
    reasons: (intents) =>
      intents.map((intent) => nameOf("intent", intent)).join(i18n.language.startsWith("zh") ? "、" : ", "),
  };
}
