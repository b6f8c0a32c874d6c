import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { useRoute, type Route } from "../route";
import { Link } from "./Link";
import styles from "./Navigation.module.css";

/** Pages of the app for those who work with them; nothing where the desk is all there is. */
export function Navigation({ user }: { user: User }): React.JSX.Element | null {
  const { t } = useTranslation();
  const { page } = useRoute();
  if (!user.permissions?.includes("playbook.edit")) return null;
  const item = (to: Route & { page: "desk" | "experiments" | "playbooks" }, isCurrent: boolean): React.JSX.Element => (
    <Link to={to} isCurrent={isCurrent} className={styles.item} data-testid={`go-${to.page}`}>
      {t(`navigation.${to.page}`)}
    </Link>
  );
  return (
    <nav className={styles.pages} aria-label={t("navigation.title")}>
      {item({ page: "desk" }, page === "desk")}
      {item({ page: "playbooks" }, page === "playbooks" || page === "playbook")}
      {user.permissions.includes("experiments.read") && item({ page: "experiments" }, page === "experiments")}
    </nav>
  );
}
