import { useTranslation } from "react-i18next";

import type { DraftInfo, Version } from "./api";

/** Sentences about who did what and when. */
export function usePastText(): {
  when: (at: string) => string;
  published: (version: Version) => string;
  drafted: (draft: DraftInfo) => string;
} {
  const { t, i18n } = useTranslation();
  const when = (at: string): string =>
    new Date(at).toLocaleString(i18n.language, { dateStyle: "medium", timeStyle: "short" });
  return {
    when,
    published: ({ origin, author, at }) => t(`playbooks.origin.${origin}`, { author, when: when(at) }),
    drafted: ({ author, at }) => t("playbooks.drafted", { author, when: when(at) }),
  };
}
