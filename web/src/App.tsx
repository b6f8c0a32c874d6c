import { App as AntApp, ConfigProvider, Spin } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import * as api from "./api";
import { DeskPage } from "./desk/DeskPage";
import type { User } from "./protocol";
import { useRoute } from "./route";
import { LoginPage } from "./shell/LoginPage";
import { antTheme } from "./theme/antTheme";
import { useTheme } from "./theme/useTheme";

/** With its editor: loaded by those who open it. */
const PlaybooksPage = lazy(() => import("./playbooks/PlaybooksPage"));

/** With its pictures: loaded by those who open it. */
const ExperimentsPage = lazy(() => import("./experiments/ExperimentsPage"));

/** With its picture of sound: loaded by those who open it. */
const CallPage = lazy(() => import("./callPage/CallPage"));

/** With all its fields: loaded by those who open it. */
const ArchivePage = lazy(() => import("./archive/ArchivePage"));

/** Loaded by those who review calls, or answer for theirs. */
const ReviewsPage = lazy(() => import("./reviews/ReviewsPage"));

/** With its pictures: loaded by those who open it. */
const ReportsPage = lazy(() => import("./reports/ReportsPage"));

/** With what carries sound: loaded by those who open it. */
const SoftphonePage = lazy(() => import("./softphone/SoftphonePage"));

/** Loaded by admins and leads of QA. */
const RecordsPage = lazy(() => import("./records/RecordsPage"));

/** undefined: not known yet. null: nobody is signed in. */
type SignedIn = User | null | undefined;

export function App(): React.JSX.Element {
  const { i18n } = useTranslation();
  const { theme, choice, choose } = useTheme();
  const route = useRoute();
  const [user, setUser] = useState<SignedIn>(undefined);

  useEffect(() => {
    api.whoAmI().then(setUser, () => {
      setUser(null);
    });
  }, []);

  const leave = (): void => {
    setUser(null);
    void api.logOut().catch(() => undefined);
  };

  const shell = {
    themeChoice: choice,
    chooseTheme: choose,
    signOut: leave,
    sessionEnded: (): void => {
      setUser(null);
    },
  };
  return (
    <ConfigProvider
      theme={antTheme(theme)}
      locale={i18n.language === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <AntApp>
        {user === undefined && <Spin fullscreen />}
        {user === null && <LoginPage signedIn={setUser} />}
        {user && route.page === "desk" && <DeskPage key={user.user_id} user={user} {...shell} />}
        {user && route.page === "experiments" && (
          <Suspense fallback={<Spin fullscreen />}>
            <ExperimentsPage key={user.user_id} user={user} theme={theme} {...shell} />
          </Suspense>
        )}
        {user && route.page === "call" && (
          <Suspense fallback={<Spin fullscreen />}>
            <CallPage key={`${user.user_id} ${route.callId}`} user={user} route={route} theme={theme} {...shell} />
          </Suspense>
        )}
        {user && route.page === "archive" && (
          <Suspense fallback={<Spin fullscreen />}>
            <ArchivePage key={user.user_id} user={user} route={route} {...shell} />
          </Suspense>
        )}
        {user && route.page === "reviews" && (
          <Suspense fallback={<Spin fullscreen />}>
            <ReviewsPage key={user.user_id} user={user} route={route} {...shell} />
          </Suspense>
        )}
        {user && route.page === "reports" && (
          <Suspense fallback={<Spin fullscreen />}>
            <ReportsPage key={user.user_id} user={user} route={route} theme={theme} {...shell} />
          </Suspense>
        )}
        {user && route.page === "softphone" && (
          <Suspense fallback={<Spin fullscreen />}>
            <SoftphonePage key={user.user_id} user={user} route={route} {...shell} />
          </Suspense>
        )}
        {user && route.page === "records" && (
          <Suspense fallback={<Spin fullscreen />}>
            <RecordsPage key={user.user_id} user={user} {...shell} />
          </Suspense>
        )}
        {user && (route.page === "playbooks" || route.page === "playbook") && (
          <Suspense fallback={<Spin fullscreen />}>
            <PlaybooksPage key={user.user_id} user={user} route={route} {...shell} />
          </Suspense>
        )}
      </AntApp>
    </ConfigProvider>
  );
}
