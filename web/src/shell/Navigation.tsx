import { useTranslation } from "react-i18next";

import type { Permission, User } from "../protocol";
import { useRoute, type Route } from "../route";
import { Link } from "./Link";
import styles from "./Navigation.module.css";

/** Pages of the app for those who work with them. */
export function Navigation({ user }: { user: User }): React.JSX.Element {
  const { t } = useTranslation();
  const { page } = useRoute();
  const may = (permission: Permission): boolean => user.permissions?.includes(permission) ?? false;
  type Page = Route & { page: "archive" | "desk" | "experiments" | "playbooks" };
  const item = (to: Page, isCurrent: boolean): React.JSX.Element => (
    <Link to={to} isCurrent={isCurrent} className={styles.item} data-testid={`go-${to.page}`}>
      {t(`navigation.${to.page}`)}
    </Link>
  );
  return (
    <nav className={styles.pages} aria-label={t("navigation.title")}>
      {item({ page: "desk" }, page === "desk")}
      {item({ page: "archive", asked: "" }, page === "archive")}
      {may("playbook.edit") && item({ page: "playbooks" }, page === "playbooks" || page === "playbook")}
      {may("experiments.read") && item({ page: "experiments" }, page === "experiments")}
    </nav>
  );
}
