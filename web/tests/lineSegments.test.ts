/** How a transcript line is cut into settled, unsettled and doubtful runs. */

import { expect, test } from "vitest";

import type { Correction, Line, LineEntity, Word } from "../src/protocol.gen";
import { segmentsOf, spokenSegmentsOf } from "../src/shared/lineSegments";
import { logNames, readViews } from "./golden";

function line(fields: Partial<Line>): Line {
  return {
    ...{ utterance_id: "u1", party: "customer", text: "", stable_chars: 0, final: false, revision: 1 },
    ...{ start_ms: 0, end_ms: 0, confidence: null, words: [], guards: [] },
    ...{
      display_text: null,
      rewrites: [],
      corrections: [],
      intents: [],
      acts: [],
      entities: [],
      role: null,
      ...fields,
    },
  };
}

function words(...pairs: readonly (readonly [string, number])[]): Word[] {
  return pairs.map(([text, confidence]) => ({ text, confidence, doubtful: confidence < 0.5, start_ms: 0, end_ms: 0 }));
}

test("a partial is cut where it stops being stable, counting characters and not UTF-16 units", () => {
  const segments = segmentsOf(line({ text: "𠮷野家😀好", stable_chars: 3 }));
  expect(segments.map(({ text, kind }) => [text, kind])).toEqual([
    ["𠮷野家", "settled"],
    ["😀好", "unsettled"],
  ]);
});

test("neighbouring doubtful words are one run with the lowest confidence", () => {
  const text = "我连无线网的。";
  const said = words(["我", 0.9], ["连", 0.9], ["无", 0.31], ["线", 0.2], ["网", 0.34], ["的", 0.9]);
  expect(segmentsOf(line({ final: true, text, words: said }))).toEqual([
    { text: "我连", kind: "settled", confidence: null, correction: null, entity: null },
    { text: "无线网", kind: "doubtful", confidence: 0.2, correction: null, entity: null },
    { text: "的。", kind: "settled", confidence: null, correction: null, entity: null },
  ]);
});

test("a doubtful word is marked where it was said, not where its character first occurs", () => {
  const said = words(["好", 0.9], ["的", 0.9], ["好", 0.2]);
  const kinds = segmentsOf(line({ final: true, text: "好的，好", words: said })).map(({ kind }) => kind);
  expect(kinds).toEqual(["settled", "doubtful"]);
});

test("words that the text does not hold are passed over", () => {
  const segments = segmentsOf(line({ final: true, text: "89元", words: words(["八", 0.1], ["元", 0.2]) }));
  expect(segments.map(({ text }) => text)).toEqual(["89", "元"]);
});

test("numbers are shown in digits, doubtful if any of their words is", () => {
  const said = words(["扣", 0.9], ["一", 0.9], ["百", 0.3], ["二", 0.4], ["元", 0.9]);
  const rewrites = [{ start: 1, end: 4, written: "120", kind: "amount" }] as const;
  expect(segmentsOf(line({ final: true, text: "扣一百二元", words: said, rewrites }))).toEqual([
    { text: "扣", kind: "settled", confidence: null, correction: null, entity: null },
    { text: "120", kind: "doubtful", confidence: 0.3, correction: null, entity: null },
    { text: "元", kind: "settled", confidence: null, correction: null, entity: null },
  ]);
});

test("a name that was put right is a run of its own, numbers in it shown in digits", () => {
  const correction: Correction = {
    ...{ start: 1, end: 8, heard: "五十九元唱响", written: "五十九元畅享", term: "59元畅享" },
    source: "playbook",
    score: 1,
  };
  const rewrites = [{ start: 1, end: 4, written: "59", kind: "amount" }] as const;
  const fields = { final: true, text: "办五十九元畅享吧", rewrites, corrections: [{ ...correction, end: 7 }] };
  expect(segmentsOf(line(fields)).map(({ text, correction: made }) => [text, made?.heard])).toEqual([
    ["办", undefined],
    ["59元畅享", "五十九元唱响"],
    ["吧", undefined],
  ]);
});

test("a value is one run in digits, and a doubtful part of it is told apart", () => {
  const amount: LineEntity = { label: "amount", value: "12000", span: [1, 5] };
  const rewrites = [{ start: 1, end: 4, written: "120", kind: "amount" }] as const;
  const certain = { final: true, text: "扣一百二元啊", rewrites, entities: [amount] };
  expect(segmentsOf(line(certain)).map(({ text, entity }) => [text, entity?.label])).toEqual([
    ["扣", undefined],
    ["120元", "amount"],
    ["啊", undefined],
  ]);
  const said = words(["扣", 0.9], ["一", 0.9], ["百", 0.3], ["二", 0.9], ["元", 0.9]);
  const marked = segmentsOf(line({ ...certain, words: said }));
  expect(marked.map(({ text, kind, entity }) => [text, kind, entity === amount])).toEqual([
    ["扣", "settled", false],
    ["120", "doubtful", true],
    ["元", "settled", true],
    ["啊", "settled", false],
  ]);
});

test("a name in a value was put right: both are known of its run", () => {
  const correction: Correction = {
    ...{ start: 1, end: 3, heard: "唱响", written: "畅享", term: "畅享" },
    source: "playbook",
    score: 1,
  };
  const plan: LineEntity = { label: "plan", value: "畅享套餐", span: [1, 5] };
  const fields = { final: true, text: "办畅享套餐", corrections: [correction], entities: [plan] };
  expect(segmentsOf(line(fields)).map(({ text, correction: made, entity }) => [text, made?.heard, entity])).toEqual([
    ["办", undefined, null],
    ["畅享", "唱响", plan],
    ["套餐", undefined, plan],
  ]);
});

test("a value that was found early is marked as far as the words are settled", () => {
  const amount: LineEntity = { label: "amount", value: "2000", span: [1, 4] };
  const running = line({ text: "扣二十块钱", stable_chars: 3, entities: [amount] });
  expect(segmentsOf(running).map(({ text, kind, entity }) => [text, kind, entity === amount])).toEqual([
    ["扣", "settled", false],
    ["二十", "settled", true],
    ["块钱", "unsettled", false],
  ]);
});

test("positions of rewrites count characters and not UTF-16 units", () => {
  const rewrites = [{ start: 2, end: 4, written: "20", kind: "number" }] as const;
  const shown = segmentsOf(line({ final: true, text: "😀𠮷二十个", rewrites }));
  expect(shown.map(({ text }) => text).join("")).toBe("😀𠮷20个");
});

test.each(logNames)("the runs of every line of golden log %s give the form that people read", (name) => {
  for (const view of readViews(name)) {
    for (const shown of view.lines) {
      expect(
        segmentsOf(shown)
          .map(({ text }) => text)
          .join(""),
      ).toBe(shown.display_text ?? shown.text);
    }
  }
});

test("for those who listen no run holds more than one word, and each tells when it is said", () => {
  const said: Word[] = [
    { text: "扣", confidence: 0.9, doubtful: false, start_ms: 100, end_ms: 200 },
    { text: "一", confidence: 0.9, doubtful: false, start_ms: 200, end_ms: 280 },
    { text: "百", confidence: 0.2, doubtful: true, start_ms: 280, end_ms: 360 },
    { text: "元", confidence: 0.9, doubtful: false, start_ms: 360, end_ms: 450 },
    { text: "啊", confidence: 0.9, doubtful: false, start_ms: 450, end_ms: 520 },
  ];
  const rewrites = [{ start: 1, end: 3, written: "100", kind: "amount" }] as const;
  const segments = spokenSegmentsOf(line({ final: true, text: "扣一百元啊。", words: said, rewrites }));
  expect(segments.map(({ text, kind, span_ms }) => [text, kind, span_ms])).toEqual([
    ["扣", "settled", [100, 200]],
    ["100", "doubtful", [200, 360]],
    ["元", "settled", [360, 450]],
    ["啊", "settled", [450, 520]],
    ["。", "settled", null],
  ]);
});

test("a word of several characters is one run", () => {
  const said: Word[] = [{ text: "ok", confidence: 0.9, doubtful: false, start_ms: 0, end_ms: 300 }];
  const segments = spokenSegmentsOf(line({ final: true, text: "ok，", words: said }));
  expect(segments.map(({ text }) => text)).toEqual(["ok", "，"]);
});
