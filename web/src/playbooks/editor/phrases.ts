/** What the editor itself says, by its English original. */

import type { TFunction } from "i18next";

const KEYS = {
  Find: "find",
  Replace: "replace-with",
  next: "next",
  previous: "previous",
  all: "all",
  "match case": "match-case",
  regexp: "regexp",
  "by word": "by-word",
  replace: "replace",
  "replace all": "replace-all",
  close: "close",
  "Go to line": "go-to-line",
  go: "go",
  Completions: "completions",
  Diagnostics: "diagnostics",
  "No diagnostics": "no-diagnostics",
  "Fold line": "fold",
  "Unfold line": "unfold",
  "$ unchanged lines": "unchanged",
} as const;

export function phrasesIn(t: TFunction): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(KEYS).map(([said, key]) => [said, t(`playbooks.phrases.${key}`)]));
}
