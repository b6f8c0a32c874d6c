/** Texts of the page. Keys are checked at compile time against the Chinese file; a test keeps both files alike. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";
import zh from "./zh-CN.json";

export type Language = "zh-CN" | "en";

const STORED_AS = "livecue.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof zh };
  }
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === "zh-CN" || stored === "en") return stored;
  return navigator.language.startsWith("zh") ? "zh-CN" : "en";
}

export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: "zh-CN",
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.language;
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED_AS, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
