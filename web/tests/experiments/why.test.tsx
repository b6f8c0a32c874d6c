// @vitest-environment happy-dom
/** Why something was decided, in the language of the page. */

import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Decision } from "../../src/experiments/api";
import { useWhy } from "../../src/experiments/useWhy";
import { show } from "../screen";

const MUTED: Decision = {
  kind: "mute",
  at: "2026-11-23T02:30:00Z",
  by: "",
  reason: "more-complained",
  figures: { shown_calls: 800, shown_hits: 80, held_out_calls: 200, held_out_hits: 5 },
};

function Why({ decision }: { decision: Decision }): React.JSX.Element {
  return <p data-testid="why">{useWhy()(decision)}</p>;
}

function why(decision: Partial<Decision>): string {
  const { unmount } = show(<Why decision={{ ...MUTED, ...decision }} />);
  const text = screen.getByTestId("why").textContent;
  unmount();
  return text;
}

test("a prompt that Livecue muted tells by what, and by how much", () => {
  expect(why({})).toBe("有提示的通话“投诉”明显更多：10.0%，不提示的 2.5%");
});

test("a measure of several words is one", () => {
  expect(why({ reason: "more-called-again", figures: {} })).toBe("有提示的通话“七天内再来电”明显更多：–，不提示的 –");
});

test("shares that Livecue has moved tell what they go by", () => {
  expect(why({ kind: "weigh", reason: "best-sold", figures: { plain: 0.3 } })).toBe(
    "按各说法最有利于“成交”的可能性分配通话",
  );
});

test("a person's words stay as they are, even where they look like a code", () => {
  expect(why({ by: "Ann", reason: "less-sold" })).toBe("less-sold");
  expect(why({ reason: "Calls that got the prompt came to less." })).toBe("Calls that got the prompt came to less.");
});
