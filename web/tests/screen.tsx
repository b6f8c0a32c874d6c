/** Draws components as the page does: with its texts in Chinese, and with Ant Design's context. */

import { render, type RenderResult } from "@testing-library/react";
import { App as AntApp } from "antd";
import type { ReactElement } from "react";

import { chooseLanguage, startTexts } from "../src/i18n";

await startTexts();
chooseLanguage("zh-CN");

export function show(element: ReactElement): RenderResult {
  return render(element, { wrapper: AntApp });
}
