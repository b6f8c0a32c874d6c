import { useTranslation } from "react-i18next";

import type { Permission, User } from "../protocol";
import type { Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import { Link } from "../shell/Link";
import type { ThemeChoice } from "../theme/useTheme";
import { useReport, type Report } from "../useReport";
import { CalibrationsPart } from "./CalibrationsPart";
import { DrawsPart } from "./DrawsPart";
import { InboxPart } from "./InboxPart";
import { QueuePart } from "./QueuePart";
import styles from "./Review.module.css";
import { RulesPart } from "./RulesPart";

type ReviewsRoute = Route & { page: "reviews" };

interface Props {
  user: User;
  route: ReviewsRoute;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

/** What each part needs beside the right to see reviews. */
const PARTS: readonly (readonly [ReviewsRoute["part"], Permission | null])[] = [
  ["inbox", null],
  ["queue", null],
  ["draws", "review.assign"],
  ["calibrations", "review.read"],
  ["rules", "review.read"],
];

/** Reviews of calls: what waits, the queue, draws, calibrations, and what rules learnt. */
export default function ReviewsPage(props: Props): React.JSX.Element {
  const { user, route, sessionEnded } = props;
  const { t } = useTranslation();
  const report = useReport(sessionEnded);
  const may = (permission: Permission): boolean => user.permissions?.includes(permission) ?? false;
  const parts = PARTS.filter(([, permission]) => permission === null || may(permission));
  const nameOf = (part: ReviewsRoute["part"]): string =>
    part === "queue" && !may("review.read") ? t("reviews.part.own") : t(`reviews.part.${part}`);
  const shown = parts.some(([part]) => part === route.part) ? route.part : "inbox";
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      <main className={styles.list}>
        <h1 className="visually-hidden">{t("reviews.title")}</h1>
        <nav className={styles.parts} aria-label={t("reviews.title")}>
          {parts.map(([part]) => (
            <Link
              key={part}
              to={{ page: "reviews", part, asked: "" }}
              isCurrent={part === shown}
              data-testid={`part-${part}`}
            >
              {nameOf(part)}
            </Link>
          ))}
        </nav>
        <Part part={shown} user={user} asked={route.asked} report={report} />
      </main>
    </div>
  );
}

interface PartProps {
  part: ReviewsRoute["part"];
  user: User;
  asked: string;
  report: Report;
}

function Part({ part, user, asked, report }: PartProps): React.JSX.Element {
  switch (part) {
    case "inbox":
      return <InboxPart report={report} />;
    case "queue":
      return <QueuePart user={user} asked={asked} report={report} />;
    case "draws":
      return <DrawsPart report={report} />;
    case "calibrations":
      return <CalibrationsPart user={user} asked={asked} report={report} />;
    case "rules":
      return <RulesPart asked={asked} report={report} />;
  }
}
