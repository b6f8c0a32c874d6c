// @vitest-environment happy-dom
/** What the card of an offer holds on demand, and why it is offered. */

import { cleanup, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { PitchPanel } from "../src/desk/PitchPanel";
import { PitchReasons } from "../src/desk/PitchReasons";
import type { Pitch } from "../src/protocol.gen";
import { show } from "./screen";

const pitch: Pitch = {
  title: "30GB流量包",
  product: "data-pack",
  price: "20元/月",
  selling_points: ["二十块钱三十个G", "随时可以退"],
  objections: [{ reaction: "price", title: "嫌贵", answer: "反而省十几块" }],
  terms: ["每月自动续费"],
  reasons: [
    { kind: "need", name: "流量不够用", value: "", points: 3 },
    { kind: "tag", name: "流量大户", value: "", points: 2 },
    { kind: "propensity", name: "", value: "", points: -1 },
    { kind: "fact", name: "customer.dou", value: "42", points: 0 },
  ],
  score: 4,
  next_best: [{ offer_id: "data-pack-10g", title: "10GB流量包", score: 3 }],
};

afterEach(cleanup);

test("selling points, objections and terms are there on demand", () => {
  show(<PitchPanel pitch={pitch} />);
  expect(screen.getByTestId("pitch").textContent).toContain("20元/月");
  const points = screen.getByTestId<HTMLDetailsElement>("pitch-points");
  expect(points.open).toBe(false);
  expect(within(points).getAllByRole("listitem", { hidden: true })).toHaveLength(2);
  expect(screen.getByTestId("pitch-objections").textContent).toContain("嫌贵反而省十几块");
  expect(screen.getByTestId("pitch-terms").textContent).toContain("每月自动续费");
});

test("what an offer lacks is not named", () => {
  show(<PitchPanel pitch={{ ...pitch, price: "", objections: [], terms: [] }} />);
  expect(screen.queryByTestId("pitch-objections")).toBeNull();
  expect(screen.queryByTestId("pitch-terms")).toBeNull();
});

test("why it is offered names needs, tags and what is known, with what each of them counts", () => {
  show(<PitchReasons pitch={pitch} />);
  const rows = screen.getAllByRole("listitem").map((row) => row.textContent);
  expect(rows).toEqual(["听到需要流量不够用+3", "客户标签流量大户+2", "接受倾向-1", "客户资料月均流量 42 GB"]);
  expect(screen.getByTestId("pitch-reasons").textContent).toContain("其次：10GB流量包");
});
