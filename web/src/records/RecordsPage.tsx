import { useTranslation } from "react-i18next";

import type { User } from "../protocol";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeChoice } from "../theme/useTheme";
import { useReport } from "../useReport";
import { AuditLog } from "./AuditLog";
import { Holding } from "./Holding";
import styles from "./RecordsPage.module.css";

interface Props {
  user: User;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  signOut: () => void;
  /** The server no longer knows this session. */
  sessionEnded: () => void;
}

/** Who looked behind masks and did what to records; and for admins what is held and erased. */
export default function RecordsPage(props: Props): React.JSX.Element {
  const { user, sessionEnded } = props;
  const { t } = useTranslation();
  const report = useReport(sessionEnded);
  return (
    <div className={styles.page}>
      <HeaderBar {...props} />
      <main className={styles.list}>
        <h1>{t("records.title")}</h1>
        {user.permissions?.includes("records.manage") && <Holding report={report} />}
        {user.permissions?.includes("access-log.read") && <AuditLog report={report} />}
      </main>
    </div>
  );
}
