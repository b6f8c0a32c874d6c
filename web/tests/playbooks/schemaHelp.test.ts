import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { aboutAt, keysAt, schemasAt, valuesAt, type Schema } from "../../src/playbooks/editor/schemaHelp";
import { ITEM } from "../../src/playbooks/editor/yamlPath";

const published = join(import.meta.dirname, "../../../docs/playbook.schema.json");
const schema = JSON.parse(readFileSync(published, "utf8")) as Schema;
const labels = (found: readonly { label: string }[]): string[] => found.map(({ label }) => label);

test("the keys of a playbook are known, with the required ones marked", () => {
  const keys = keysAt(schema, []);
  expect(labels(keys)).toEqual(expect.arrayContaining(["name", "version", "rules", "phrase_sets"]));
  expect(keys.find(({ label }) => label === "name")?.isRequired).toBe(true);
  expect(keys.find(({ label }) => label === "lexicon")?.isRequired).toBe(false);
});

test("a rule takes its own keys and every operator", () => {
  expect(labels(keysAt(schema, ["rules", ITEM]))).toEqual(
    expect.arrayContaining(["id", "party", "because", "emit", "phrase", "followed_by"]),
  );
});

test("conditions are known however deep they lie", () => {
  expect(labels(keysAt(schema, ["rules", ITEM, "all", ITEM, "not"]))).toContain("silence");
  expect(labels(keysAt(schema, ["rules", ITEM, "phrase"]))).toContain("any");
});

test("values that are chosen from a list are offered", () => {
  expect(labels(valuesAt(schema, ["rules", ITEM, "emit", "prompt", "kind"]))).toContain("soothe");
  expect(labels(valuesAt(schema, ["rules", ITEM, "early"]))).toEqual(["true", "false"]);
  expect(valuesAt(schema, ["title"])).toEqual([]);
});

test("a rule's actions are known, and where word may go", () => {
  const emit = ["rules", ITEM, "emit"] as const;
  expect(labels(keysAt(schema, emit))).toEqual(expect.arrayContaining(["prompt", "flag", "notify"]));
  expect(labels(keysAt(schema, [...emit, "notify"]))).toEqual(expect.arrayContaining(["channel", "title"]));
  const defs = schema as unknown as { $defs: Record<string, Schema> };
  const installed = { ...schema, $defs: { ...defs.$defs, channel: { enum: ["crm", "floor"] } } } as Schema;
  expect(labels(valuesAt(installed, [...emit, "notify"]))).toEqual(["crm", "floor"]);
  expect(labels(valuesAt(installed, [...emit, "notify", "channel"]))).toEqual(["crm", "floor"]);
});

test("a key is explained", () => {
  expect(aboutAt(schema, ["name"])).not.toBe("");
  expect(aboutAt(schema, ["rules", ITEM])).toBe("");
});

test("what the schema does not know has no help", () => {
  expect(schemasAt(schema, ["nothing", "here"])).toEqual([]);
  expect(keysAt(schema, ["name", "here"])).toEqual([]);
});
