import { useEffect, useState, useSyncExternalStore } from "react";

import { publishTokens, type ThemeName } from "./tokens";

/** What the user chose; system follows the operating system, also when that changes. */
export type ThemeChoice = ThemeName | "system";

const STORED_AS = "livecue.theme";
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function subscribe(changed: () => void): () => void {
  systemDark.addEventListener("change", changed);
  return () => {
    systemDark.removeEventListener("change", changed);
  };
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED_AS);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** The theme in use, what was chosen, and how to choose. Publishes the tokens. */
export function useTheme(): { theme: ThemeName; choice: ThemeChoice; choose: (choice: ThemeChoice) => void } {
  const [choice, setChoice] = useState(storedChoice);
  const isSystemDark = useSyncExternalStore(subscribe, () => systemDark.matches);
  const theme: ThemeName = choice === "system" ? (isSystemDark ? "dark" : "light") : choice;
  useEffect(() => {
    publishTokens(document.documentElement, theme);
  }, [theme]);
  const choose = (next: ThemeChoice): void => {
    localStorage.setItem(STORED_AS, next);
    setChoice(next);
  };
  return { theme, choice, choose };
}
