/** Conditions that a playbook gives names, read from its text as it is being written. */

export interface Named {
  readonly name: string;
  /** What it stands for, as written. */
  readonly text: string;
}

/** The operator whose value is such a name. */
export const BY_NAME = "condition";

const SECTION = "conditions";
const MAX_LINES = 16;
/** Of YAML in brackets: texts in quotes, comments, and every other character by itself. */
const PIECES = /(?<=[\s{[,])(?:"[^"\n]*"|'[^'\n]*'|#.*)|[^]/g;

/** In the order of the text. */
export function namedIn(text: string): readonly Named[] {
  const brackets = new RegExp(`^${SECTION}:\\s*\\{`, "m").exec(text);
  return brackets ? namedInBrackets(text.slice(brackets.index + brackets[0].length)) : namedInBlock(text);
}

function namedInBlock(text: string): readonly Named[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^${SECTION}:\\s*(#.*)?$`).test(line)) + 1;
  if (start === 0) return [];
  const named: { name: string; lines: string[] }[] = [];
  let indent = 0;
  for (const line of lines.slice(start)) {
    const depth = line.length - line.trimStart().length;
    if (/^\s*(#|$)/.test(line)) continue;
    if (depth === 0) break;
    if (indent === 0) indent = depth;
    const [, name, rest = ""] = depth === indent ? (/^ *([\w-]+):(.*)$/.exec(line) ?? []) : [];
    if (name === undefined) named.at(-1)?.lines.push(line);
    else named.push({ name, lines: [rest] });
  }
  return named.map(({ name, lines: own }) => ({ name, text: outdented(own) }));
}

/** Of a section in brackets, from behind the first one; while it has no last one, up to the next section. */
function namedInBrackets(text: string): readonly Named[] {
  const section = text.split(/\n(?=\w[\w-]*:)/, 1)[0] ?? "";
  const entries: string[] = [""];
  let depth = 1;
  for (const [piece] of section.matchAll(PIECES)) {
    if (piece === "{" || piece === "[") depth += 1;
    else if (piece === "}" || piece === "]") depth -= 1;
    if (depth === 0) break;
    if (piece === "," && depth === 1) entries.push("");
    else if (!piece.startsWith("#")) entries.push(`${entries.pop() ?? ""}${piece}`);
  }
  return entries.flatMap((entry) => {
    const [, name, rest] = /^\s*([\w-]+):\s+([^]*)$/.exec(entry) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, text: outdented(rest.trimEnd().split("\n")) }];
  });
}

/** The word around a place in a line, names with hyphens as one. */
export function wordAround(line: string, at: number): { from: number; word: string } | null {
  for (const { 0: word, index } of line.matchAll(/[\w-]+/g)) {
    if (index <= at && at <= index + word.length) return { from: index, word };
  }
  return null;
}

function outdented(lines: readonly string[]): string {
  const [first = "", ...rest] = lines;
  const depth = Math.min(...rest.map((line) => line.length - line.trimStart().length));
  const all = [...(first.trim() === "" ? [] : [first.trim()]), ...rest.map((line) => line.slice(depth))];
  return (all.length > MAX_LINES ? [...all.slice(0, MAX_LINES), "…"] : all).join("\n");
}
