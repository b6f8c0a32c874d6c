// @vitest-environment happy-dom
/** What the customer was heard to need, and what became of it. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { NeedList } from "../src/desk/NeedList";
import type { CallView, NeedHeard, PromptCard } from "../src/protocol.gen";
import { readViews } from "./golden";
import { show } from "./screen";

const views = readViews("selling");
const heard = viewWith(1, 0);
const offered = viewWith(1, 1);
const shone = vi.fn();

/** The view in which so many needs were heard and so many cards had come. */
function viewWith(needs: number, cards: number): CallView {
  const found = views.find((view) => view.needs.length === needs && view.prompts.length === cards);
  if (found === undefined) throw new Error("the golden log has no such view");
  return found;
}

function standing(): string {
  return screen.getByTestId("need-data").querySelector("small")?.textContent ?? "";
}

afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

test("a need stands with the words in which it was heard, which lead to their place", () => {
  show(<NeedList view={heard} shine={shone} />);
  expect(screen.getByTestId("need-data").textContent).toContain("流量不够用");
  fireEvent.click(screen.getByText("“流量不够用怎么办”"));
  expect(shone).toHaveBeenCalledWith({ utteranceId: "customer-1", start_ms: 900 });
});

test("it says whether the customer asks for it or has a problem first", () => {
  const [need] = heard.needs;
  if (need === undefined) throw new Error("nothing was heard");
  show(<NeedList view={heard} shine={shone} />);
  expect(standing()).toBe("客户正要这个，尚未推荐");
  cleanup();
  const other: NeedHeard = { ...need, is_request: false };
  show(<NeedList view={{ ...heard, needs: [other] }} shine={shone} />);
  expect(standing()).toBe("先解决客户的问题，再推荐");
});

test("it names the offer that was shown for it, and why that was taken back", () => {
  show(<NeedList view={offered} shine={shone} />);
  expect(standing()).toBe("已提示推荐“30GB流量包”");
  cleanup();
  const [card] = offered.prompts;
  if (card === undefined) throw new Error("nothing was offered");
  const gone: PromptCard = { ...card, state: "withdrawn", gone_because: "客户不满，先不推荐" };
  show(<NeedList view={{ ...offered, prompts: [gone] }} shine={shone} />);
  expect(standing()).toBe("“30GB流量包”已收起：客户不满，先不推荐");
});

test("nothing stands where nothing was heard", () => {
  show(<NeedList view={{ ...heard, needs: [] }} shine={shone} />);
  expect(screen.queryByTestId("needs")).toBeNull();
});

test("an offer for which the agent had no room is told with the reason, until one is shown", () => {
  const heldBack = views.find((view) => view.held_back?.type === "prompt-left-out");
  if (heldBack === undefined) throw new Error("nothing was held back");
  show(<NeedList view={heldBack} shine={shone} />);
  expect(screen.getByTestId("held-back").textContent).toBe("00:02 暂缓“推荐30GB流量包”：坐席正抢着说话，不打扰");
  cleanup();
  show(<NeedList view={offered} shine={shone} />);
  expect(screen.queryByTestId("held-back")).toBeNull();
});

test("an offer that something holds back is told with the reason and its words", () => {
  const view = views.find((one) => one.held_back?.type === "offer-held-back" && one.held_back.hold === "state");
  if (view === undefined) throw new Error("no state holds anything back");
  show(<NeedList view={view} shine={shone} />);
  const line = screen.getByTestId("held-back");
  expect(line.textContent).toBe("00:03 暂缓“30GB流量包”：客户不满，先不推荐“怎么又乱扣钱”");
  fireEvent.click(screen.getByText("“怎么又乱扣钱”"));
  expect(shone).toHaveBeenCalledWith({ utteranceId: "customer-2", start_ms: 2600 });
});

test("what holds back without words of its own is told in the language of the page", () => {
  const view = views.findLast((one) => one.held_back !== null);
  if (view === undefined) throw new Error("nothing is held back");
  show(<NeedList view={view} shine={shone} />);
  expect(screen.getByTestId("held-back").textContent).toBe("00:20 暂缓“家庭共享套餐”：这通电话推荐得够多了");
});
