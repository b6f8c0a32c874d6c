import type { User } from "../protocol";
import type { Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeChoice } from "../theme/useTheme";
import { useReport } from "../useReport";
import { PlaybookList } from "./PlaybookList";
import { PlaybookPage } from "./PlaybookPage";
import styles from "./PlaybooksPage.module.css";

interface Props {
  user: User;
  route: Extract<Route, { page: "playbooks" | "playbook" }>;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

/** Playbooks: the list, or one of them under edit. */
export default function PlaybooksPage(props: Props): React.JSX.Element {
  const { user, route, sessionEnded } = props;
  const report = useReport(sessionEnded);
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      {route.page === "playbooks" ? (
        <PlaybookList user={user} report={report} />
      ) : (
        <PlaybookPage key={route.name} name={route.name} user={user} report={report} />
      )}
    </div>
  );
}
