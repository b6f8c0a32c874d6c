// @vitest-environment happy-dom
/** Normal forms of entities in words for people. */

import i18next from "i18next";
import { expect, test } from "vitest";

import { entityText } from "../src/desk/entityText";
import { chooseLanguage, startTexts } from "../src/i18n";

await startTexts();
chooseLanguage("zh-CN");

function told(label: string, value: string): string {
  return entityText({ label, value, span: [0, 1] }, { t: i18next.t, nameOf: (_kind, code) => code });
}

test.each([
  ["amount", "13850", "138.50 元"],
  ["amount", "2000", "20 元"],
  ["data_volume", "500", "500 MB"],
  ["data_volume", "19046", "18.6 GB"],
  ["bandwidth", "1000", "1000 Mbit/s"],
  ["discount", "80", "80%"],
  ["minutes", "300", "300 分钟"],
  ["contract_term", "24", "24 个月"],
  ["sms_count", "100", "100 条"],
  ["count", "3", "3 次"],
  ["duration", "P2Y6M", "2 年 6 个月"],
  ["deadline", "PT24H", "24 小时"],
  ["period", "PT1H30M", "1 小时 30 分钟"],
  ["plan_direction", "down", "降档"],
])("%s %s is told as %s", (label, value, text) => {
  expect(told(label, value)).toBe(`${label}：${text}`);
});

test.each([
  ["phone_number", "13800138000"],
  ["number_tail", "8213"],
  ["date", "2026-03-15"],
  ["deadline", "D+1/closing"],
  ["amount", "一点"],
  ["plan_direction", "sideways"],
  ["duration", "P"],
  ["own-label", "12"],
])("%s %s is told as it is", (label, value) => {
  expect(told(label, value)).toBe(`${label}：${value}`);
});
