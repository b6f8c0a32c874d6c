import { useTranslation } from "react-i18next";

import type { Permission, User } from "../protocol";
import { useRoute, type Route } from "../route";
import { InboxBadge } from "./InboxBadge";
import { Link } from "./Link";
import styles from "./Navigation.module.css";

/** Pages of the app for those who work with them. */
export function Navigation({ user }: { user: User }): React.JSX.Element {
  const { t } = useTranslation();
  const { page } = useRoute();
  const may = (permission: Permission): boolean => user.permissions?.includes(permission) ?? false;
  type Page = Route & {
    page: "archive" | "desk" | "experiments" | "playbooks" | "records" | "reports" | "reviews" | "softphone";
  };
  const item = (to: Page, isCurrent: boolean, badge?: React.ReactNode): React.JSX.Element => (
    <Link to={to} isCurrent={isCurrent} className={styles.item} data-testid={`go-${to.page}`}>
      {t(`navigation.${to.page}`)}
      {badge}
    </Link>
  );
  return (
    <nav className={styles.pages} aria-label={t("navigation.title")}>
      {item({ page: "desk" }, page === "desk")}
      {item({ page: "archive", asked: "" }, page === "archive")}
      {(may("review.read") || may("review.answer")) &&
        item({ page: "reviews", part: "inbox", asked: "" }, page === "reviews", <InboxBadge />)}
      {may("playbook.edit") && item({ page: "playbooks" }, page === "playbooks" || page === "playbook")}
      {may("reports.read") && item({ page: "reports", asked: "" }, page === "reports")}
      {may("experiments.read") && item({ page: "experiments" }, page === "experiments")}
      {may("softphone.use") && item({ page: "softphone" }, page === "softphone")}
      {(may("access-log.read") || may("records.manage")) && item({ page: "records" }, page === "records")}
    </nav>
  );
}
