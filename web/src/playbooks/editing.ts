/** What the editor of one playbook holds, as one pure fold. */

import type { CheckResult, DraftInfo, PlaybookDetail } from "./api";

export interface Editing {
  readonly text: string;
  /** The text as the server has it: the draft, or the version it began from. */
  readonly savedText: string;
  /** Number of the version that the edit is based on; 0 for a new playbook. */
  readonly base: number;
  /** `saves` of the draft on the server; 0: there is none. */
  readonly saves: number;
  readonly check: CheckResult | null;
  /** Whether `check` is about the text as it is. */
  readonly isChecked: boolean;
}

export type EditingAction =
  | { readonly type: "typed"; readonly text: string }
  | { readonly type: "checked"; readonly text: string; readonly result: CheckResult }
  | { readonly type: "saved"; readonly text: string; readonly draft: DraftInfo }
  | { readonly type: "rebased"; readonly base: number }
  | { readonly type: "loaded"; readonly editing: Editing };

/** An edit of what the server holds: its draft if there is one. */
export function begin(detail: PlaybookDetail, text: string): Editing {
  const { draft, newest } = detail.playbook;
  return {
    text,
    savedText: text,
    base: draft?.base ?? newest?.number ?? 0,
    saves: draft?.saves ?? 0,
    check: null,
    isChecked: false,
  };
}

export function editingReducer(state: Editing, action: EditingAction): Editing {
  switch (action.type) {
    case "typed":
      return action.text === state.text ? state : { ...state, text: action.text, isChecked: false };
    case "checked":
      // An answer about an older text still says more than nothing.
      return { ...state, check: action.result, isChecked: action.text === state.text };
    case "saved":
      return { ...state, savedText: action.text, saves: action.draft.saves };
    case "rebased":
      return { ...state, base: action.base };
    case "loaded":
      return action.editing;
  }
}

export function isDirty(state: Editing): boolean {
  return state.text !== state.savedText;
}

const VERSION_LINE = /^(version:[ \t]*)(["']?)([^"'#\n]*?)\2([ \t]*(?:#.*)?)$/m;

/** The version after one: its last number raised. */
export function nextVersion(version: string): string {
  const raised = version.replace(/(\d+)(?!.*\d)/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0"));
  return raised === version ? `${version}-2` : raised;
}

/** The text with its version raised; unchanged where it has none. */
export function raiseVersion(text: string): string {
  return text.replace(
    VERSION_LINE,
    (_, key: string, quote: string, version: string, rest: string) =>
      `${key}${quote}${nextVersion(version)}${quote}${rest}`,
  );
}

/** What the first rule of a new playbook says. */
export interface FirstRule {
  readonly name: string;
  readonly title: string;
  readonly phrase: string;
  readonly said: string;
  readonly because: string;
  readonly body: string;
}

/** What a new playbook begins with: one rule with a case. */
export function newPlaybook({ name, title, phrase, said, because, body }: FirstRule): string {
  const quoted = (text: string): string => JSON.stringify(text);
  return `name: ${name}
version: 1
title: ${quoted(title)}

rules:
  - id: first-rule
    party: customer
    phrase: [${quoted(phrase)}]
    because: ${quoted(because)}
    emit:
      prompt: {kind: say, title: ${quoted(title)}, body: ${quoted(body)}}
    cases:
      fires:
        - [customer: ${quoted(said)}]
`;
}
