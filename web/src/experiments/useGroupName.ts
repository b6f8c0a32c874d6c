import { useTranslation } from "react-i18next";

/** Names a group of calls; variants go by their ids. */
export function useGroupName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => {
    if (name === "held-out") return t("experiments.held-out");
    return name === "shown" ? t("experiments.shown") : name;
  };
}
