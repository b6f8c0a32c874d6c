/** Both languages say the same things, and components bring no text or colour of their own. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import en from "../src/i18n/en.json";
import zh from "../src/i18n/zh-CN.json";

type Texts = { readonly [key: string]: string | Texts };

/** Every text by its path, plural forms (…_one, …_other) counted as one. */
function flatten(texts: Texts, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    const here = `${path}${key}`;
    if (typeof value === "string") found.set(here.replace(/_(one|other)$/, ""), value);
    else for (const [inner, text] of flatten(value, `${here}.`)) found.set(inner, text);
  }
  return found;
}

const chinese = flatten(zh);
const english = flatten(en);
const sources = readdirSync(join(import.meta.dirname, "../src"), { recursive: true, encoding: "utf8" });

function read(file: string): string {
  return readFileSync(join(import.meta.dirname, "../src", file), "utf8");
}

test("both languages have the same keys", () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
});

test.each([...chinese.keys()])("both languages fill the same places in %s", (key) => {
  const places = (text: string | undefined): string[] =>
    [...(text ?? "").matchAll(/\{\{\w+\}\}/g)].map(([place]) => place);
  expect(places(english.get(key)).sort()).toEqual(places(chinese.get(key)).sort());
});

test("every text is used", () => {
  const code = sources
    .filter((file) => /\.tsx?$/.test(file))
    .map(read)
    .join("\n");
  // `t("a.b")`, or `t(`a.${kind}`)` with what is filled in standing for any one part of the path.
  const templates = [...code.matchAll(/`([\w-]+\.[\w.${}-]+)`/g)].map(
    ([, template]) => new RegExp(`^${(template ?? "").replaceAll(/\$\{[^}]*\}/g, "[\\w-]+")}$`),
  );
  const isUsed = (key: string): boolean =>
    code.includes(`"${key}"`) || templates.some((template) => template.test(key));
  expect([...chinese.keys()].filter((key) => !isUsed(key))).toEqual([]);
});

test.each(sources.filter((file) => file.endsWith(".tsx")))("%s brings no Chinese text of its own", (file) => {
  expect(read(file)).not.toMatch(/\p{Script=Han}/u);
});

test.each(sources.filter((file) => file.endsWith(".css")))("%s takes its colours from the tokens", (file) => {
  expect(read(file)).not.toMatch(/#[\da-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i);
});
