import { App as AntApp, ConfigProvider, Spin } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import * as api from "./api";
import { DeskPage } from "./desk/DeskPage";
import type { User } from "./protocol";
import { LoginPage } from "./shell/LoginPage";
import { antTheme } from "./theme/antTheme";
import { useTheme } from "./theme/useTheme";

/** undefined: not known yet. null: nobody is signed in. */
type SignedIn = User | null | undefined;

export function App(): React.JSX.Element {
  const { i18n } = useTranslation();
  const { theme, choice, choose } = useTheme();
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

  return (
    <ConfigProvider
      theme={antTheme(theme)}
      locale={i18n.language === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <AntApp>
        {user === undefined && <Spin fullscreen />}
        {user === null && <LoginPage signedIn={setUser} />}
        {user && (
          <DeskPage
            key={user.user_id}
            user={user}
            themeChoice={choice}
            chooseTheme={choose}
            signOut={leave}
            sessionEnded={() => {
              setUser(null);
            }}
          />
        )}
      </AntApp>
    </ConfigProvider>
  );
}
