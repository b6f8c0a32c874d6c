import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** Values of items in words: a yes or no of a scale of one, else a number. */
export function useValueText(): (value: number | null, scale: number) => string {
  const { t } = useTranslation();
  return useCallback(
    (value, scale) => {
      if (value === null) return t("reviews.not-applicable");
      if (scale > 1) return String(value);
      return t(value === 0 ? "reviews.no" : "reviews.yes");
    },
    [t],
  );
}
