import { BulbOutlined, GlobalOutlined, LogoutOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tooltip, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";

import type { Link } from "../deskSocket";
import { chooseLanguage } from "../i18n";
import type { User } from "../protocol";
import { initialOf } from "../shared/format";
import type { ThemeChoice } from "../theme/useTheme";
import { ConnectionPill } from "./ConnectionPill";
import styles from "./HeaderBar.module.css";
import { Mark } from "./Mark";
import { Navigation } from "./Navigation";

interface Props {
  user: User;
  /** The desk's connection; absent on pages that hold none. */
  link?: Link;
  roundTrip_ms?: number | null;
  themeChoice: ThemeChoice;
  chooseTheme: (choice: ThemeChoice) => void;
  showHelp?: () => void;
  signOut: () => void;
}

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function HeaderBar(props: Props): React.JSX.Element {
  const { user, link, roundTrip_ms = null, themeChoice, chooseTheme, showHelp, signOut } = props;
  const { t, i18n } = useTranslation();
  const themeMenu: MenuProps = {
    selectable: true,
    selectedKeys: [themeChoice],
    items: THEMES.map((key) => ({ key, label: t(`menu.theme-${key}`) })),
    onClick: ({ key }) => {
      chooseTheme(THEMES.find((choice) => choice === key) ?? "system");
    },
  };
  const userMenu: MenuProps = {
    items: [{ key: "logout", icon: <LogoutOutlined />, label: t("menu.logout") }],
    onClick: signOut,
  };
  return (
    <header className={styles.bar}>
      <div className={styles.brand}>
        <Mark size={26} />
        <strong>{t("app.name")}</strong>
      </div>
      <Navigation user={user} />
      <div className={styles.space} />
      {link && <ConnectionPill link={link} roundTrip_ms={roundTrip_ms} />}
      <div className={styles.tools}>
        {showHelp && (
          <Tooltip title={t("menu.help")}>
            <Button
              type="text"
              className={styles.keyboardOnly ?? ""}
              icon={<QuestionCircleOutlined />}
              aria-label={t("menu.help")}
              data-testid="help"
              onClick={showHelp}
            />
          </Tooltip>
        )}
        <Tooltip title={t("menu.language")}>
          <Button
            type="text"
            icon={<GlobalOutlined />}
            aria-label={t("menu.language")}
            data-testid="language"
            onClick={() => {
              chooseLanguage(i18n.language === "en" ? "zh-CN" : "en");
            }}
          />
        </Tooltip>
        <Dropdown menu={themeMenu} trigger={["click"]} placement="bottomRight">
          <Button type="text" icon={<BulbOutlined />} aria-label={t("menu.theme")} data-testid="theme" />
        </Dropdown>
        <Dropdown menu={userMenu} trigger={["click"]} placement="bottomRight">
          <button type="button" className={styles.user} data-testid="user-menu">
            <i aria-hidden="true">{initialOf(user.name)}</i>
            <span>
              {user.name}
              <small>{t(`role.${user.role}`)}</small>
            </span>
          </button>
        </Dropdown>
      </div>
    </header>
  );
}
