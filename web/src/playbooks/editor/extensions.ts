/** The editor of playbooks: YAML in Livecue's colours, marks for problems, help from the schema. */

import { autocompletion, completionKeymap, type Completion, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import type { Problem } from "../api";
import { BY_NAME, namedIn, wordAround } from "./names";
import { aboutAt, keysAt, valuesAt, type Schema } from "./schemaHelp";
import { placeAt } from "./yamlPath";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--lc-say)" },
  { tag: [tags.string, tags.content], color: "var(--lc-text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--lc-offer)" },
  { tag: tags.comment, color: "var(--lc-text-faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--lc-text-faint)" },
  { tag: tags.invalid, color: "var(--lc-breach)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--lc-surface)", color: "var(--lc-text)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--lc-brand)" },
  ".cm-cursor": { borderLeftColor: "var(--lc-brand)" },
  ".cm-gutters": {
    backgroundColor: "var(--lc-sunken)",
    color: "var(--lc-text-faint)",
    borderRight: "1px solid var(--lc-line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--lc-brand-soft) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--lc-brand-soft)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--lc-brand) 25%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--lc-highlight)" },
  ".cm-matchingBracket": { backgroundColor: "var(--lc-brand-soft)", outline: "1px solid var(--lc-line-strong)" },
  ".cm-tooltip": {
    maxWidth: "min(420px, 90vw)",
    border: "1px solid var(--lc-line-strong)",
    borderRadius: "8px",
    backgroundColor: "var(--lc-raised)",
    boxShadow: "var(--lc-shadow-raised)",
    color: "var(--lc-text)",
  },
  ".cm-about": { padding: "6px 10px" },
  ".cm-written": { margin: "0", padding: "6px 10px", whiteSpace: "pre-wrap", fontSize: "12px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--lc-brand-soft)",
    color: "var(--lc-brand-text)",
  },
  ".cm-completionDetail": { color: "var(--lc-text-faint)", fontStyle: "normal" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--lc-breach)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--lc-at-risk)" },
  ".cm-panels": { backgroundColor: "var(--lc-sunken)", color: "var(--lc-text)" },
  ".cm-deletedChunk, .cm-deletedLine": { backgroundColor: "var(--lc-breach-soft)" },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--lc-met-soft)" },
  "&.cm-editor.cm-merge-b .cm-changedText": { background: "color-mix(in srgb, var(--lc-met) 25%, transparent)" },
  "&.cm-editor .cm-deletedChunk .cm-deletedText": {
    background: "color-mix(in srgb, var(--lc-breach) 25%, transparent)",
  },
  ".cm-collapsedLines": { background: "var(--lc-sunken)", color: "var(--lc-text-faint)" },
});

/** What editors and comparisons have in common. */
export function yamlView(texts: {
  readonly label: string;
  readonly phrases: Readonly<Record<string, string>>;
}): Extension {
  return [
    lineNumbers(),
    yaml(),
    syntaxHighlighting(colours),
    look,
    EditorView.lineWrapping,
    EditorState.phrases.of({ ...texts.phrases }),
    EditorView.contentAttributes.of({ "aria-label": texts.label }),
  ];
}

export interface EditorTexts {
  readonly label: string;
  readonly required: string;
  readonly phrases: Readonly<Record<string, string>>;
}

export function yamlEditor(texts: EditorTexts, schema: () => Schema | null): Extension {
  return [
    yamlView(texts),
    history(),
    foldGutter(),
    lintGutter(),
    search({ top: true }),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    bracketMatching(),
    indentOnInput(),
    autocompletion({ override: [completions(schema, texts.required)], icons: false }),
    explanations(schema),
    // Tab leaves the editor, so that the keyboard gets out again.
    keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

/** Keys and values that may stand where the cursor is. */
export function completions(schema: () => Schema | null, required: string): CompletionSource {
  return ({ state, pos, explicit }) => {
    const root = schema();
    if (root === null) return null;
    const { path, part, word, from } = placeAt(state.doc.toString(), pos);
    if (word === "" && !explicit) return null;
    const options: Completion[] =
      part === "key"
        ? keysAt(root, path).map(({ label, about, isRequired }) => ({
            label,
            apply: `${label}: `,
            detail: isRequired ? required : "",
            info: about,
            boost: isRequired ? 1 : 0,
          }))
        : path.at(-1) === BY_NAME
          ? namedIn(state.doc.toString()).map(({ name, text }) => ({ label: name, info: () => written(text) }))
          : valuesAt(root, path).map(({ label, about }) => ({ label, info: about }));
    return options.length === 0 ? null : { from, options, validFor: /^[\w-]*$/ };
  };
}

/** What a key means, and what a condition's name stands for, told while the pointer rests on it. */
function explanations(schema: () => Schema | null): Extension {
  return hoverTooltip(({ state }, pos) => {
    const line = state.doc.lineAt(pos);
    const found = wordAround(line.text, pos - line.from);
    if (found === null) return null;
    const dom = explained(schema(), state.doc.toString(), line.from + found.from, found.word);
    if (dom === null) return null;
    const from = line.from + found.from;
    return { pos: from, end: from + found.word.length, create: () => ({ dom }) };
  });
}

function explained(root: Schema | null, text: string, from: number, word: string): HTMLElement | null {
  const { path, part } = placeAt(text, from);
  if (/^[^\S\n]*:/.test(text.slice(from + word.length))) {
    const about = root === null ? "" : aboutAt(root, [...path, word]);
    return about === "" ? null : note("div", "cm-about", about);
  }
  const named = part === "value" && path.at(-1) === BY_NAME ? namedIn(text).find(({ name }) => name === word) : null;
  return named ? written(named.text) : null;
}

/** Text of a playbook, as it is written. */
function written(text: string): HTMLElement {
  return note("pre", "cm-written", text);
}

function note(tag: "div" | "pre", className: string, text: string): HTMLElement {
  const dom = document.createElement(tag);
  dom.className = className;
  dom.textContent = text;
  return dom;
}

/** Problems as marks on their lines; those of lines that are gone stand at the last one. */
export function marksOf(problems: readonly Problem[], doc: Text): Diagnostic[] {
  return problems.map(({ line, severity, message }) => {
    const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    return { from: from + (text.length - text.trimStart().length), to, severity, message };
  });
}
