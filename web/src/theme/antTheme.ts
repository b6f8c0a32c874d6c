import { theme, type ThemeConfig } from "antd";

import { themes, type ThemeName } from "./tokens";

export const FONT_FAMILY =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Ant Design drawn with Livecue's tokens. */
export function antTheme(name: ThemeName): ThemeConfig {
  const tokens = themes[name];
  return {
    algorithm: name === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: tokens.brand,
      colorInfo: tokens.brand,
      colorError: tokens.breach,
      colorWarning: tokens.atRisk,
      colorSuccess: tokens.met,
      colorBgLayout: tokens.canvas,
      colorBgContainer: tokens.surface,
      colorBgElevated: tokens.raised,
      colorBorder: tokens.lineStrong,
      colorBorderSecondary: tokens.line,
      colorText: tokens.text,
      colorTextSecondary: tokens.textSoft,
      colorTextTertiary: tokens.textFaint,
      borderRadius: 8,
      fontFamily: FONT_FAMILY,
      fontSize: 14,
    },
    components: { Button: { fontWeight: 500, primaryShadow: "none", defaultShadow: "none" } },
  };
}
