/** The running score is the one that the server will make. */

import { expect, test } from "vitest";

import { faultOf, givenItems, judgementOf, totalOf, wantsReason } from "../../src/reviews/scoring";
import { CARE, GREETING, NO_PUSHING } from "./samples";

const ITEMS = [GREETING, NO_PUSHING, CARE];

test("an item stands as rules left it until it is judged", () => {
  expect(judgementOf(NO_PUSHING, {})).toEqual({ value: 0, reason: "" });
  expect(judgementOf(CARE, {}).value).toBeUndefined();
  expect(judgementOf({ ...CARE, auto_because: "not-applicable" }, {}).value).toBeNull();
  expect(judgementOf(CARE, { care: { value: 3, reason: "" } }).value).toBe(3);
});

test("what rules made of an item is changed with a reason, and so is an item that does not apply", () => {
  expect(wantsReason(NO_PUSHING, 1)).toBe(true);
  expect(wantsReason(NO_PUSHING, 0)).toBe(false);
  expect(wantsReason(CARE, 2)).toBe(false);
  expect(wantsReason(CARE, null)).toBe(true);
  expect(wantsReason({ ...CARE, auto_because: "not-applicable" }, null)).toBe(false);
  expect(faultOf(NO_PUSHING, { value: 1, reason: " " })).toBe("reason");
  expect(faultOf(NO_PUSHING, { value: 1, reason: "不是推销" })).toBeNull();
  expect(faultOf(CARE, { value: undefined, reason: "" })).toBe("unjudged");
});

test("the total weighs items, leaves out what does not apply, and is zeroed by a critical item", () => {
  const valueOf = new Map<string, number | null | undefined>([
    ["greeting", 1],
    ["pushing", 1],
    ["care", 3],
  ]);
  const total = (): unknown => totalOf(ITEMS, ({ item_id }) => valueOf.get(item_id));
  expect(total()).toEqual({ score: 93.8, isZeroed: false });
  valueOf.set("care", null);
  expect(total()).toEqual({ score: 100, isZeroed: false });
  valueOf.set("pushing", 0);
  expect(total()).toEqual({ score: 0, isZeroed: true });
  expect(totalOf(ITEMS, () => undefined)).toEqual({ score: null, isZeroed: false });
});

test("every item is sent with its value", () => {
  const draft = { care: { value: 2, reason: "" }, pushing: { value: 1, reason: " 客户在问价 " } };
  expect(givenItems(ITEMS, draft)).toEqual([
    { item_id: "greeting", value: 1, reason: "" },
    { item_id: "pushing", value: 1, reason: "客户在问价" },
    { item_id: "care", value: 2, reason: "" },
  ]);
});
