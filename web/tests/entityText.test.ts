// @vitest-environment happy-dom
/** Normal forms of entities in words for people. */

import i18next from "i18next";
import { expect, test } from "vitest";

import { chooseLanguage, startTexts } from "../src/i18n";
import { entityText } from "../src/shared/entityText";

await startTexts();
chooseLanguage("zh-CN");

function told(label: string, value: string): string {
  const texts = { t: i18next.t, nameOf: (_kind: string, code: string) => code, language: "zh-CN" };
  return entityText({ label, value, span: [0, 1] }, texts);
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
  ["plan", "plan:59", "59 元档"],
  ["plan_direction", "down", "降档"],
  ["region", "TH", "泰国"],
  ["duration", "P2Y6M", "2 年 6 个月"],
  ["deadline", "PT24H", "24 小时"],
  ["period", "PT1H30M", "1 小时 30 分钟"],
  ["date", "D+1", "明天"],
  ["period", "M-1", "上个月"],
  ["time", "D+1T15:30", "明天 15:30"],
  ["time", "2026-03-15T15:30", "2026-03-15 15:30"],
])("%s %s is told as %s", (label, value, text) => {
  expect(told(label, value)).toBe(`${label}：${text}`);
});

test.each([
  ["phone_number", "13800138000"],
  ["number_tail", "8213"],
  ["date", "2026-03-15"],
  ["time", "15:30"],
  ["period", "2026-W10"],
  ["period", "国庆节"],
  ["amount", "一点"],
  ["plan", "畅享套餐"],
  ["plan_direction", "sideways"],
  ["own-label", "12"],
])("%s %s is told as it is", (label, value) => {
  expect(told(label, value)).toBe(`${label}：${value}`);
});

test.each([
  ["channel", "shop"],
  ["region", "CN-GD"],
  ["date", "---15"],
  ["date", "W+1-3"],
  ["deadline", "D+1/closing"],
])("%s %s is for machines: only its kind is told", (label, value) => {
  expect(told(label, value)).toBe(label);
});
