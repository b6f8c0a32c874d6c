// @vitest-environment happy-dom
/** Questions to the reports in addresses, and where their figures lead. */

import { expect, test } from "vitest";

import { askedOf } from "../../src/archive/question";
import { questionFor, type Field, type Row } from "../../src/reports/api";
import { addressOf, askingOf, lacking, lastWeeks, queryOf, type Asking } from "../../src/reports/asking";
import { boundsText, valueText } from "../../src/reports/figures";
import { pathOf, routeOf } from "../../src/route";

const ASKING: Asking = {
  name: "service",
  by: "week",
  since: "2026-03-01",
  until: "2026-03-09",
  team: ["一班"],
  agent: ["8001", "8002"],
  figure: "handling_s",
};
const WORDS = { name: "", formula: "", left_out: "" };
const FIELD: Field = {
  field_id: "breach_share",
  unit: "share",
  sources: [],
  zh: WORDS,
  en: WORDS,
  asked: { verdict: ["breach"] },
  is_better: "low",
};
const ROW: Row = { code: "8001", title: "", cells: {}, asked: { agent: ["8001"], since: ["2026-03-01"] }, words: [] };

test("a question comes back from its address", () => {
  expect(askingOf(addressOf(ASKING))).toEqual(ASKING);
  expect(routeOf(pathOf({ page: "reports", asked: addressOf(ASKING) }))).toEqual({
    page: "reports",
    asked: addressOf(ASKING),
  });
});

test("what an address cannot mean is left out", () => {
  expect(askingOf("name=x&by=colour&since=today&agent=")).toEqual({ name: "quality" });
  expect(addressOf({ name: "quality" })).toBe("");
});

test("the figure that is drawn is none of the server's business", () => {
  expect(queryOf(ASKING)).not.toContain("figure");
  expect(lacking(ASKING, "by", "figure", "team")).toEqual({
    name: "service",
    since: "2026-03-01",
    until: "2026-03-09",
    agent: ["8001", "8002"],
  });
});

test("weeks are whole days and end today", () => {
  expect(lastWeeks(1, new Date(2026, 2, 9, 12))).toEqual({ since: "2026-03-03", until: "2026-03-09" });
});

test("a figure leads to the calls of its row for which it holds", () => {
  const question = questionFor(ROW, FIELD);
  expect(question && askedOf(question)).toBe("since=2026-03-01&agent=8001&verdict=breach");
  expect(questionFor({ ...ROW, asked: null }, FIELD)).toBeNull();
  expect(questionFor(ROW, undefined, "宽带")).toEqual({
    agent: ["8001"],
    since: "2026-03-01",
    q: '"宽带"',
    party: "customer",
  });
});

test("values are told in their units", () => {
  expect(valueText(0.1234, "share")).toBe("12.3%");
  expect(valueText(185.2, "seconds")).toBe("3:05");
  expect(valueText(1234, "calls")).toBe("1,234");
  expect(valueText(0.456, "per-call")).toBe("0.46");
  expect(boundsText({ value: 0.1, low: 0.05, high: 0.2, calls: 9 }, "share")).toBe("5.0%–20.0%");
  expect(boundsText({ value: 3, low: null, high: null, calls: 9 }, "calls")).toBe("");
});
