// @vitest-environment happy-dom
/** A found call as it is listed. */

import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import type { FoundCall } from "../../src/archive/api";
import { ResultCard } from "../../src/archive/ResultCard";
import { show } from "../screen";

const CALL: FoundCall = {
  document: {
    call_id: "c1",
    opened_at: "2026-03-09T01:00:00Z",
    duration_ms: 187_000,
    agent_id: "8001",
    agent_name: "小王",
    customer_id: "1",
    customer_name: "李先生",
    longest_silence_ms: 0,
    overtalk_ms: 0,
    intents: ["port_out"],
    feelings: [
      { label: "neutral", intensity: 0, valence: 0, at_ms: 0 },
      { label: "angry", intensity: 2, valence: -0.8, at_ms: 5_000 },
    ],
    flags: [
      { flag_id: "f1", rule: "words", title: "禁语", severity: "major", verdict: "breach", at_ms: 4_000 },
      { flag_id: "f2", rule: "greeting", title: "问候", severity: "minor", verdict: "met", at_ms: 0 },
    ],
    offers: [{ offer_id: "o", title: "流量包", reaction: "refused", is_sold: false }],
    is_practice: false,
  },
  snippets: [
    {
      utterance_id: "u1",
      party: "customer",
      start_ms: 2_000,
      text: "我要投诉",
      marks: [[2, 4]],
      is_cut: false,
      score: null,
    },
  ],
};

afterEach(cleanup);

test("it tells who called, what stands against it, how the customer felt and what was said", () => {
  show(<ResultCard call={CALL} />);
  const card = screen.getByTestId("found-c1");
  for (const text of ["李先生", "小王", "03:07", "禁语", "平静 → 愤怒", "流量包 · 客户拒绝", "携号转网"])
    expect(card.textContent).toContain(text);
  expect(card.textContent).not.toContain("问候");
  expect(card.querySelector("mark")?.textContent).toBe("投诉");
});

test("a call that was practice says so", () => {
  show(<ResultCard call={CALL} />);
  expect(screen.queryByText("试用或练习")).toBeNull();
  cleanup();
  show(<ResultCard call={{ ...CALL, document: { ...CALL.document, is_practice: true } }} />);
  expect(screen.getByText("试用或练习")).toBeTruthy();
});

test("its words and flags open the call where they are", () => {
  show(<ResultCard call={CALL} />);
  const hrefs = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
  expect(hrefs).toEqual(["/calls/c1", "/calls/c1?flag=f1&at=4000", "/calls/c1?at=2000"]);
});

test("an utterance that was found by its meaning says how alike it is", () => {
  const [snippet] = CALL.snippets;
  if (snippet === undefined) throw new Error("the call has no snippet");
  show(<ResultCard call={{ ...CALL, snippets: [{ ...snippet, marks: [], score: 0.824 }] }} />);
  expect(screen.getByTestId("found-c1").textContent).toContain("意思相近 82%");
});
