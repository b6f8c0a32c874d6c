/** Where in a YAML document a position is: the keys and list items around it. Works on text that is not whole yet. */

/** A step from the document inwards: the key of a mapping, or an item of a list. */
export type Step = string | typeof ITEM;
export const ITEM = Symbol("item");

export interface Place {
  /** From the document inwards; of a key, the mapping it stands in. */
  readonly path: readonly Step[];
  /** Whether a key or a value is to stand here. */
  readonly part: "key" | "value";
  /** Where the word at the position begins. */
  readonly from: number;
  /** The word up to the position. */
  readonly word: string;
}

interface Level {
  readonly indent: number;
  readonly step: Step;
}

type Flow = { readonly open: "{" | "["; key: string | null };

const ENTRY = /^( *)((?:- +)*)(?:(-)$|(?:("[^"]*"|'[^']*'|[^\s"'#[\]{},&*!|>%@`][^#:]*?)\s*:(?=\s|$)))?/;

/** The place of an offset in a text. */
export function placeAt(text: string, offset: number): Place {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const levels: Level[] = [];
  let flow: Flow[] = [];
  let block: number | null = null;
  for (const line of start === 0 ? [] : text.slice(0, start - 1).split("\n")) {
    if (/^\s*(#|$)/.test(line)) continue;
    const indent = indentOf(line);
    if (block !== null && indent > block) continue;
    block = null;
    if (flow.length > 0) {
      flow = flowAfter(line, 0, flow);
      continue;
    }
    const { rest } = enter(levels, line);
    if (/[|>][+-]?\s*$/.test(line)) block = indent;
    flow = flowAfter(line, rest, flow);
  }
  return placeInLine(text.slice(start, offset), start, levels, flow);
}

function placeInLine(line: string, start: number, levels: Level[], flow: Flow[]): Place {
  let inner = flow;
  let isValue = false;
  if (flow.length === 0) {
    const entered = enter(levels, line);
    isValue = entered.isValue;
    inner = flowAfter(line, entered.rest, flow);
  } else {
    inner = flowAfter(line, 0, flow);
  }
  const word = /[\w$-]*$/.exec(line)?.[0] ?? "";
  const from = start + line.length - word.length;
  const path = levels.map(({ step }) => step);
  for (const { open, key } of inner) {
    if (open === "[") path.push(ITEM);
    else if (key !== null) path.push(key);
  }
  const last = inner.at(-1);
  if (last) return { path, part: last.open === "{" && last.key === null ? "key" : "value", from, word };
  return { path, part: isValue ? "value" : "key", from, word };
}

/** Take the levels of a block line over; where the rest of it begins, and whether that is the value of a key. */
function enter(levels: Level[], line: string): { rest: number; isValue: boolean } {
  const [, spaces = "", dashes = "", lone, key] = ENTRY.exec(line) ?? [];
  let column = spaces.length;
  const leave = (indent: number, isItem: boolean): void => {
    for (let last = levels.at(-1); last; last = levels.at(-1)) {
      // A list may stand as deep as the key that holds it.
      const isOutside = last.indent > indent || (last.indent === indent && (last.step === ITEM || !isItem));
      if (!isOutside) return;
      levels.pop();
    }
  };
  for (const dash of (dashes + (lone === undefined ? "" : "-")).match(/- */g) ?? []) {
    leave(column, true);
    levels.push({ indent: column, step: ITEM });
    column += dash.length;
  }
  if (key !== undefined) {
    leave(column, false);
    levels.push({ indent: column, step: unquoted(key) });
    return { rest: line.indexOf(":", column + key.length) + 1, isValue: true };
  }
  if (dashes === "" && lone === undefined) leave(column, false);
  return { rest: column, isValue: false };
}

/** The brackets that are open after a stretch of a line. */
function flowAfter(line: string, from: number, before: readonly Flow[]): Flow[] {
  const flow = before.map((one) => ({ ...one }));
  let word = "";
  for (let at = from; at < line.length; at += 1) {
    const char = line.charAt(at);
    const last = flow.at(-1);
    if (char === "#" && /\s/.test(line.charAt(at - 1))) break;
    if ((char === '"' || char === "'") && word.trim() === "") {
      const end = line.indexOf(char, at + 1);
      if (end < 0) break;
      word = line.slice(at, end + 1);
      at = end;
    } else if (char === "{" || char === "[") {
      if (last !== undefined || word.trim() === "") flow.push({ open: char, key: null });
      word = "";
    } else if (last === undefined) {
      word += char;
    } else if (char === "}" || char === "]") {
      flow.pop();
      word = "";
    } else if (char === ",") {
      last.key = null;
      word = "";
    } else if (char === ":" && last.open === "{" && last.key === null && /^(\s|$)/.test(line.slice(at + 1))) {
      last.key = unquoted(word.trim());
      word = "";
    } else {
      word += char;
    }
  }
  return flow;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function unquoted(key: string): string {
  return /^(["']).*\1$/.test(key) ? key.slice(1, -1) : key;
}
