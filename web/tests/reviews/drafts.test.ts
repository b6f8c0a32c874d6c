/** What is written on a review before it is sent. */

import { expect, test } from "vitest";

import type { Line } from "../../src/protocol.gen";
import {
  decisionFault,
  EMPTY_DRAFT,
  givenDecision,
  givenPoints,
  withQuote,
  type DraftPoint,
} from "../../src/reviews/drafts";
import { readViews } from "../golden";
import { APPEALED } from "./samples";

const LINES: readonly Line[] = readViews("upgrade").at(-1)?.lines.slice(0, 3) ?? [];
const IDS = LINES.map(({ utterance_id }) => utterance_id);
const POINT: DraftPoint = { itemId: "pushing", flagId: "f1", utteranceIds: [], text: " 听这里 " };

test("quotes stand in the order of the call; a second click takes one out", () => {
  const [first = "", second = ""] = IDS;
  const both = withQuote(withQuote(POINT, second, LINES), first, LINES);
  expect(both.utteranceIds).toEqual([first, second]);
  expect(withQuote(both, first, LINES).utteranceIds).toEqual([second]);
});

test("a point tells the span of what it quotes, and none without quotes", () => {
  const [given] = givenPoints([{ ...POINT, utteranceIds: IDS.slice(0, 2) }], LINES);
  expect(given).toMatchObject({ text: "听这里", start_ms: LINES[0]?.start_ms, end_ms: LINES[1]?.end_ms });
  expect(givenPoints([POINT], LINES)[0]).toMatchObject({ start_ms: null, end_ms: null });
});

test("who grants an appeal changes a value, who rejects it changes none", () => {
  const { items } = APPEALED;
  const changes = { pushing: { value: 1, reason: "" } };
  expect(decisionFault(items, EMPTY_DRAFT)).toBe("outcome");
  expect(decisionFault(items, { ...EMPTY_DRAFT, outcome: "granted" })).toBe("reason");
  const said = { ...EMPTY_DRAFT, outcome: "granted", reason: "客户在问价" } as const;
  expect(decisionFault(items, said)).toBe("no-change");
  expect(decisionFault(items, { ...said, changes })).toBeNull();
  expect(decisionFault(items, { ...said, outcome: "rejected", changes })).toBe("change-rejected");
  expect(decisionFault(items, { ...said, outcome: "rejected" })).toBeNull();
});

test("a decision sends the items that change and the rules that were wrong", () => {
  const { items } = APPEALED;
  const changes = { pushing: { value: 1, reason: "" }, greeting: { value: 1, reason: "" } };
  const errors = { f1: { expected: "silent", reason: " 问价不是拒绝 " } } as const;
  expect(givenDecision(items, { ...EMPTY_DRAFT, outcome: "granted", reason: "对", changes, errors })).toEqual({
    outcome: "granted",
    reason: "对",
    items: [{ item_id: "pushing", value: 1, reason: "" }],
    rule_errors: [{ flag_id: "f1", expected: "silent", reason: "问价不是拒绝" }],
  });
});
