import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";

import { completions } from "../../src/playbooks/editor/extensions";
import { namedIn, wordAround } from "../../src/playbooks/editor/names";

const TEXT = `name: t
phrase_sets:
  upset: [投诉]
# conditions: none
conditions:
  # 不满
  upset:
    any:
      - phrase: $upset

      - emotion: angry
  over-it: {phrase: 算了}  # 气消了

tags:
  - {id: t, title: 签, condition: upset}
`;

test("names are told with what they stand for, in the order of the text", () => {
  expect(namedIn(TEXT)).toEqual([
    { name: "upset", text: "any:\n  - phrase: $upset\n  - emotion: angry" },
    { name: "over-it", text: "{phrase: 算了}  # 气消了" },
  ]);
});

test("a long one is cut short", () => {
  const long = `conditions:\n  a:\n    any:\n${"      - phrase: x\n".repeat(40)}`;
  expect(namedIn(long)[0]?.text.split("\n")).toHaveLength(17);
});

test.each([
  [
    'conditions: {a: {phrase: "x, }"}, over-it: {any: [{phrase: y}, {emotion: angry}]}}\ntags: []\n',
    '{phrase: "x, }"}',
  ],
  [
    "conditions: {\n  # {not: this}\n  a: {phrase: x}, # and, this\n  over-it: {any: [{phrase: y}, {emotion: angry}]},\n}\n",
    "{phrase: x}",
  ],
  [
    "conditions: {a: {phrase: x},\n  over-it: {any: [{phrase: y}, {emotion: angry}]}\nrules:\n  - {id: a, condition: ",
    "{phrase: x}",
  ],
])("in brackets, whole or being written: %j", (text, first) => {
  expect(namedIn(text)).toEqual([
    { name: "a", text: first },
    { name: "over-it", text: "{any: [{phrase: y}, {emotion: angry}]}" },
  ]);
});

test("what stands on lines of its own in brackets keeps them", () => {
  expect(namedIn("conditions: {a: {\n    any: [\n      {phrase: x}]}}")).toEqual([
    { name: "a", text: "{\nany: [\n  {phrase: x}]}" },
  ]);
});

test.each(["", "name: t", "conditions: {}", "conditions: {a", "conditions:", "rules:\n  conditions:\n    a: 1"])(
  "%j gives no names",
  (text) => {
    expect(namedIn(text)).toEqual([]);
  },
);

test("a name with hyphens is one word", () => {
  expect(wordAround("  condition: over-it", 17)).toEqual({ from: 13, word: "over-it" });
  expect(wordAround("a: b", 4)).toEqual({ from: 3, word: "b" });
  expect(wordAround("a:   b", 3)).toBeNull();
});

test("names are offered where one is used, and nowhere else", async () => {
  const offered = async (end: string): Promise<readonly string[]> => {
    const state = EditorState.create({ doc: `${TEXT}${end}` });
    const found = await completions(() => ({}), "")(new CompletionContext(state, state.doc.length, true));
    return found?.options.map(({ label }) => label) ?? [];
  };
  expect(await offered("rules:\n  - id: a\n    condition: ")).toEqual(["upset", "over-it"]);
  expect(await offered("rules:\n  - {id: a, all: [{condition: ov")).toEqual(["upset", "over-it"]);
  expect(await offered("rules:\n  - id: a\n    party: ")).toEqual([]);
});
