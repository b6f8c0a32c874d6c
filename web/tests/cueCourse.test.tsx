// @vitest-environment happy-dom
/** What became of a cue: said or not, how the customer took it, how it ended. */

import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import type { PromptCard } from "../src/protocol.gen";
import { CueCourse } from "../src/shared/CueCourse";
import { PromptHistory } from "../src/shared/PromptHistory";
import type { ReportResult } from "../src/shared/ResultButtons";
import { readViews } from "./golden";
import { show } from "./screen";

const views = readViews("closed-loop");
const shone = vi.fn();
const reported = vi.fn<ReportResult>();

/** The offer's card as it stood after so many events. */
function offer(seq: number): PromptCard {
  const card = views[seq - 1]?.prompts[0];
  if (card === undefined) throw new Error(`the golden log has no card after ${seq}`);
  return card;
}

afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

test("tells how closely it was said and what was left out", () => {
  show(<CueCourse card={offer(4)} report={null} shine={shone} />);
  expect(screen.getByTestId("heard").textContent).toBe("换了说法 42%");
  expect(screen.getByTestId("course").textContent).toContain("未提到 20元");
});

test("says that it was not said", () => {
  const unsaid = views.at(-1)?.prompts[1];
  if (unsaid === undefined) throw new Error("the golden log has no second card");
  show(<CueCourse card={unsaid} report={null} shine={shone} />);
  expect(screen.getByTestId("heard").textContent).toBe("没有说");
});

test("shows the reaction with the customer's words, which lead to their place", () => {
  show(<CueCourse card={offer(7)} report={null} shine={shone} />);
  expect(screen.getByTestId("reaction").textContent).toBe("客户接受");
  fireEvent.click(screen.getByText(/那帮我办一个吧/));
  expect(shone).toHaveBeenCalledWith({ utteranceId: "c-6", start_ms: 20_000 });
});

test.each(["sold", "not-sold"] as const)("the agent marks it %s", (result) => {
  show(<CueCourse card={offer(7)} report={reported} shine={shone} />);
  fireEvent.click(screen.getByTestId(result));
  expect(reported).toHaveBeenCalledWith("offer-pack-1", result);
});

test("who may not report sees what was reported, and by whom", () => {
  const card = views.at(-1)?.prompts[0];
  if (card === undefined) throw new Error("the golden log has no card");
  show(<CueCourse card={card} report={null} shine={shone} />);
  expect(screen.getByTestId("result").textContent).toBe("成交");
  expect(screen.getByTestId("course").textContent).toContain("O-77");
  expect(screen.queryByTestId("sold")).toBeNull();
});

test("a cue of which nothing was heard has no course", () => {
  show(
    <CueCourse card={{ ...offer(2), prompt: { ...offer(2).prompt, kind: "say" } }} report={reported} shine={shone} />,
  );
  expect(screen.queryByTestId("course")).toBeNull();
});

test("the list of past cues shows how far each came", () => {
  const cards = views.at(-1)?.prompts ?? [];
  show(<PromptHistory cards={cards} startsOpen paintedAfter_ms={{}} report={null} shine={shone} />);
  expect(within(screen.getByTestId("prompt-offer-pack-1")).getByText("成交")).toBeTruthy();
  expect(within(screen.getByTestId("prompt-say-1")).getByTestId("heard").textContent).toBe("没有说");
});
