import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { TimelineMark } from "./timelineMarks";

/** Marks of the timeline in words of the language of the page. */
export function useMarkText(): (mark: TimelineMark) => string {
  const { t } = useTranslation();
  return useCallback(
    (mark) => {
      switch (mark.kind) {
        case "flag":
          return t("call-page.mark.flag", { verdict: t(`verdict.${mark.flag.verdict}`), title: mark.flag.title });
        case "prompt": {
          const { kind, title } = mark.card.prompt;
          return t("call-page.mark.prompt", { kind: t(`prompt-kind.${kind}`), title });
        }
        case "said": {
          const percent = Math.round(mark.heard.score * 100);
          const manner = t(`heard.${mark.heard.manner ?? "as-worded"}`, { percent });
          return t("call-page.mark.said", { title: mark.card.prompt.title, manner });
        }
        case "reaction": {
          const reaction = t(`reaction.${mark.reaction.reaction}`);
          return t("call-page.mark.reaction", { title: mark.card.prompt.title, reaction });
        }
        case "note":
          return t("call-page.mark.note", { name: mark.note.by_name, text: mark.note.text });
      }
    },
    [t],
  );
}
