// @vitest-environment happy-dom
/** Questions to the archive in addresses. */

import { expect, test } from "vitest";

import { beginOf, dayOf, lastDayBefore } from "../../src/archive/days";
import { askedOf, filterCount, foundBy, isNearest, questionOf, type Question } from "../../src/archive/question";
import { pathOf, routeOf } from "../../src/route";
import { piecesOf } from "../../src/archive/SnippetLine";

const QUESTION: Question = {
  q: '宽带 "不需要"',
  party: "customer",
  agent: ["8001", "8002"],
  verdict: ["breach"],
  since: "2026-03-01T00:00:00.000Z",
  min_silence_s: 30,
  order: "relevance",
};

test("a question comes back from its address", () => {
  expect(questionOf(askedOf(QUESTION))).toEqual(QUESTION);
});

test("what asks for nothing is not in the address", () => {
  expect(askedOf({ q: "", agent: [] })).toBe("");
  expect(questionOf("agent=&min_silence_s=x&max_duration_s=-1&colour=red")).toEqual({});
});

test("what is found by meaning comes the likest first, and words again as they were", () => {
  const asked = foundBy({ q: "太贵了", order: "newest" }, "meaning");
  expect(askedOf(asked)).toBe("q=%E5%A4%AA%E8%B4%B5%E4%BA%86&by=meaning&order=relevance");
  expect(questionOf(askedOf(asked))).toEqual(asked);
  expect(foundBy(asked, "words")).toEqual({ q: "太贵了", order: "relevance" });
});

test("only words by meaning are found as the nearest, and the way is no filter", () => {
  expect(isNearest({ q: "太贵了", by: "both" })).toBe(true);
  expect(isNearest({ q: "太贵了" })).toBe(false);
  expect(isNearest({ by: "meaning", agent: ["8001"] })).toBe(false);
  expect(filterCount({ q: "太贵了", by: "meaning" })).toBe(0);
});

test("filters are counted beside the words and the order", () => {
  expect(filterCount(QUESTION)).toBe(5);
  expect(filterCount({ q: "宽带", order: "newest", flag: [] })).toBe(0);
});

test("a day is its local bounds, the last one included", () => {
  expect(dayOf(beginOf("2026-03-09"))).toBe("2026-03-09");
  expect(lastDayBefore(beginOf("2026-03-09", 1))).toBe("2026-03-09");
  expect(beginOf("")).toBeUndefined();
  expect(dayOf(undefined)).toBe("");
});

test("marks are told in code points and cut the text without losing any of it", () => {
  expect(piecesOf({ text: "😀宽带断了", marks: [[1, 3]] })).toEqual([
    { text: "😀", isMarked: false },
    { text: "宽带", isMarked: true },
    { text: "断了", isMarked: false },
  ]);
  expect(piecesOf({ text: "宽带", marks: [] })).toEqual([{ text: "宽带", isMarked: false }]);
});

test("the address of the page holds the question", () => {
  const asked = askedOf(QUESTION);
  expect(routeOf(pathOf({ page: "archive", asked }))).toEqual({ page: "archive", asked });
  expect(pathOf({ page: "archive", asked: "" })).toBe("/archive");
});
