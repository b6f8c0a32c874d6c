/** Times, probabilities and kappas in words; questions in addresses. */
// @vitest-environment happy-dom

import { expect, test } from "vitest";

import { pathOf, routeOf, type Route } from "../../src/route";
import { chanceText, standsFor } from "../../src/reviews/chance";
import { away } from "../../src/reviews/due";
import { readingOf } from "../../src/reviews/kappa";
import { askedOf, queryOf, questionOf } from "../../src/reviews/question";

const NOW = Date.parse("2026-11-23T08:00:00Z");

test.each([
  ["2026-11-25T09:00:00Z", "2天后"],
  ["2026-11-23T05:00:00Z", "3小时前"],
  ["2026-11-23T08:20:30Z", "20分钟后"],
])("%s is %s", (at, text) => {
  expect(away(at, NOW, "zh-CN")).toBe(text);
});

test.each([
  [1, "100%", 1],
  [0.0253, "2.5%", 40],
  [0.5, "50%", 2],
  [0.004, "0.4%", 250],
])("a probability of %d is %s and stands for %d calls", (probability, text, calls) => {
  expect(chanceText(probability)).toBe(text);
  expect(standsFor(probability)).toBe(calls);
});

test.each([
  [null, 20, "none"],
  [-0.1, 20, "worse"],
  [0, 20, "slight"],
  [0.3, 20, "fair"],
  [0.5, 20, "moderate"],
  [0.71, 20, "substantial"],
  [1, 20, "near-perfect"],
  [1, 3, "too-few"],
] as const)("a kappa of %s over %d comparisons reads as %s", (kappa, ratings, reading) => {
  expect(readingOf(kappa, ratings)).toBe(reading);
});

test("a question of the queue survives its address; what is no stage is left out", () => {
  const question = { stage: "deciding", origin: "random", overdue: "true" } as const;
  expect(questionOf(askedOf(question))).toEqual(question);
  expect(questionOf("stage=elsewhere&agent=1001")).toEqual({ agent: "1001" });
  expect(queryOf({}, "waiting")).toBe("state=queued&order=risk");
  expect(queryOf(question, "waiting")).toBe("origin=random&overdue=true&state=with_lead&state=with_quality&order=due");
});

const ROUTES: readonly Route[] = [
  { page: "reviews", part: "inbox", asked: "" },
  { page: "reviews", part: "queue", asked: "stage=over" },
  { page: "reviews", part: "rules", asked: "playbook=telecom&rule=x" },
  { page: "call", callId: "c1", reviewId: "r-1" },
];

test.each(ROUTES)("the address of %j names it", (route) => {
  expect(routeOf(pathOf(route))).toEqual(route);
});
