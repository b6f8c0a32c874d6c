import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useTexts } from "../shared/useTexts";
import type { Row } from "./api";
import type { By } from "./asking";

/** Names a row of a report in the language of the page. */
export function useRowName(by: By): (row: Row) => string {
  const { t } = useTranslation();
  const { nameOf } = useTexts();
  return useCallback(
    ({ code, title }: Row) => {
      if (code === "all") return t("reports.all");
      if (code === "unknown") return t(`reports.unknown.${by}`);
      if (by === "reason") return nameOf("intent", code);
      if (by === "agent" && title !== "") return `${title} ${code}`;
      return title === "" ? code : title;
    },
    [by, nameOf, t],
  );
}
