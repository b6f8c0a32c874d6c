/** Which events one look behind the masks takes. */

import { expect, test } from "vitest";

import { looksOf } from "../../src/callPage/revealing";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("a short call is one look", () => {
  expect(looksOf([1, 5, 9])).toEqual([[1, 5, 9]]);
  expect(looksOf([])).toEqual([]);
});

test("a look takes a thousand events, no further apart than five thousand", () => {
  expect(looksOf(upTo(1001)).map(({ length }) => length)).toEqual([1000, 1]);
  expect(looksOf([1, 5000, 5001])).toEqual([[1, 5000], [5001]]);
});
