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

/** In the order of the text. */
export function namedIn(text: string): readonly Named[] {
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
