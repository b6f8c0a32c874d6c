import { describe, expect, test } from "vitest";

import { ITEM, placeAt, type Place } from "../../src/playbooks/editor/yamlPath";

/** The place of `|`, with "-" for items. */
function place(text: string): Pick<Place, "part" | "word"> & { path: string } {
  const { path, part, word } = placeAt(text.replace("|", ""), text.indexOf("|"));
  return { path: path.map((step) => (step === ITEM ? "-" : step)).join("."), part, word };
}

describe("in blocks", () => {
  test.each([
    ["ti|", "", "key", "ti"],
    ["name: a\nversion: 1\n|", "", "key", ""],
    ["etiquette:\n  max|", "etiquette", "key", "max"],
    ["etiquette:\n  because: x\n  |", "etiquette", "key", ""],
    ["etiquette:\n  because: x\nru|", "", "key", "ru"],
    ["rules:\n  - |", "rules.-", "key", ""],
    ["rules:\n  - id: a\n    par|", "rules.-", "key", "par"],
    ["rules:\n  - id: a\n    party: |", "rules.-.party", "value", ""],
    ["rules:\n  - id: a\n    party: cus|", "rules.-.party", "value", "cus"],
    ["rules:\n- id: a\n  emit:\n    |", "rules.-.emit", "key", ""],
    ["rules:\n  - id: a\n  - id: b\n    because: '不|", "rules.-.because", "value", ""],
    ["rules:\n  - all:\n      - party: agent\n        phr|", "rules.-.all.-", "key", "phr"],
    ["rules:\n  # party: x\n\n  - id: a\n    |", "rules.-", "key", ""],
    ["rules:\n  - because: |", "rules.-.because", "value", ""],
    ["rules:\n  - because: >\n      a: b\n      {\n    em|", "rules.-", "key", "em"],
  ])("%j", (text, path, part, word) => {
    expect(place(text)).toEqual({ path, part, word });
  });
});

describe("in brackets", () => {
  test.each([
    ["rules:\n  - {|", "rules.-", "key", ""],
    ["rules:\n  - {id: a, par|", "rules.-", "key", "par"],
    ["rules:\n  - {id: a, party: c|", "rules.-.party", "value", "c"],
    ["    emit: {prompt: {kind: |", "emit.prompt.kind", "value", ""],
    ["    emit: {prompt: {kind: say, ti|", "emit.prompt", "key", "ti"],
    ["    emit: {prompt: {kind: say}, fl|", "emit", "key", "fl"],
    ["phrase: [不用, |", "phrase.-", "value", ""],
    ["phrase:\n  {any: [a,\n   b], no|", "phrase", "key", "no"],
    ['phrase: {any: "a: {b", all: |', "phrase.all", "value", ""],
    ["cases:\n  fires:\n    - [客户: 你好, |", "cases.fires.-.-", "value", ""],
    ["conditions: {upset: {phr|", "conditions.upset", "key", "phr"],
    ["conditions: {\n  a: {phrase: x},\n  b: {any: [{emotion: |", "conditions.b.any.-.emotion", "value", ""],
    ["a: 1 # {b: \n|", "", "key", ""],
    ["because: 客户{quote|", "because", "value", "quote"],
  ])("%j", (text, path, part, word) => {
    expect(place(text)).toEqual({ path, part, word });
  });
});
