import { App as AntApp } from "antd";
import { useCallback, useEffect, useRef } from "react";

import { ApiError } from "../api";
import type { User } from "../protocol";
import type { Route } from "../route";
import { HeaderBar } from "../shell/HeaderBar";
import type { ThemeChoice } from "../theme/useTheme";
import { useErrorText } from "../useErrorText";
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
  const { message } = AntApp.useApp();
  const errorText = useErrorText();
  const latest = useRef(errorText);
  useEffect(() => {
    latest.current = errorText;
  });
  const report = useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "not-authenticated") sessionEnded();
      else void message.error(latest.current(error.code, error.message));
    },
    [message, sessionEnded],
  );
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
