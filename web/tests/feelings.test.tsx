// @vitest-environment happy-dom
/** How each party felt over the call: where its marks stand, what they tell, and the way to their words. */

import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";

import type { Feeling } from "../src/protocol.gen";
import { FeelingsBand } from "../src/shared/FeelingsBand";
import { coursesOf, shownTime } from "../src/shared/feelingsCourse";
import { readViews } from "./golden";
import { show } from "./screen";

afterEach(cleanup);

function felt(utterance_id: string, at_ms: number, change: Partial<Feeling> = {}): Feeling {
  return {
    ...{ utterance_id, party: "customer", at_ms, label: "neutral", intensity: 0, valence: 0, trend: "steady" },
    ...{ heard_in: ["words"], evidence: [], ...change },
  };
}

const angry = { label: "angry", intensity: 2, valence: -0.6 } as const;

describe("the course of feelings", () => {
  test("has a lane per party that was judged, the customer's first", () => {
    const feelings = [felt("a1", 1000, { party: "agent" }), felt("c1", 2000)];
    expect(coursesOf(feelings, 60_000, 10).map(({ party }) => party)).toEqual(["customer", "agent"]);
    expect(coursesOf([], 60_000, 10)).toEqual([]);
  });

  test("puts what is pleasant above, what is unpleasant below, within the lane", () => {
    const feelings = [felt("u1", 0, { valence: 1 }), felt("u2", 30_000, { valence: -0.5 }), felt("u3", 90_000)];
    const [course] = coursesOf(feelings, 60_000, 10);
    expect(course?.points.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0.5, 0.75],
      [1, 0.5],
    ]);
  });

  test("marks the strongest of those that stand together, and the latest even if it is calm", () => {
    const happy = { label: "happy", intensity: 2, valence: 0.6 };
    const feelings = [felt("u1", 1000, angry), felt("u2", 2000, happy), felt("u3", 20_000), felt("u4", 50_000)];
    const [course] = coursesOf(feelings, 60_000, 10);
    expect(course?.marks.map(({ feeling }) => feeling.utterance_id)).toEqual(["u1", "u4"]);
    expect(course?.latest.utterance_id).toBe("u4");
  });

  test("follows the time of a party's words, whatever was judged first", () => {
    const [course] = coursesOf([felt("u2", 9000), felt("u1", 3000, angry)], 60_000, 10);
    expect(course?.latest.utterance_id).toBe("u2");
  });

  test("shows a minute at least and grows in steps", () => {
    expect([shownTime(0), shownTime(59_000), shownTime(60_001), shownTime(90_000)]).toEqual([
      60_000, 60_000, 90_000, 90_000,
    ]);
  });
});

describe("the band", () => {
  test("is left out until somebody was judged", () => {
    show(<FeelingsBand feelings={[]} time_ms={60_000} shine={vi.fn()} />);
    expect(screen.queryByTestId("feelings")).toBeNull();
  });

  test("says for each party how they feel now and where it goes", () => {
    const feelings = [felt("u1", 1000, { ...angry, trend: "rising" }), felt("a1", 2000, { party: "agent" })];
    show(<FeelingsBand feelings={feelings} time_ms={60_000} shine={vi.fn()} />);
    expect(screen.getByRole("group", { name: "客户情绪：愤怒（明显），转差" })).toBeDefined();
    expect(screen.getByRole("group", { name: "坐席情绪：平静，平稳" })).toBeDefined();
  });

  test("tells why, and leads to the words", async () => {
    const shine = vi.fn();
    const evidence = [
      { kind: "louder", amount: 6.2, quote: "" },
      { kind: "words", amount: 0, quote: "凭什么" },
    ] as const;
    const feeling = felt("u1", 14_000, { ...angry, heard_in: ["words", "voice"], evidence });
    show(<FeelingsBand feelings={[feeling]} time_ms={60_000} shine={shine} />);
    const mark = screen.getByTestId("feeling-u1");
    expect(mark.getAttribute("aria-label")).toBe("00:14 · 愤怒（明显） · 声音大了 6 dB、用语“凭什么”");
    fireEvent.mouseEnter(mark);
    expect((await screen.findByRole("tooltip")).textContent).toContain("根据用语和声音判断");
    fireEvent.click(mark);
    expect(shine).toHaveBeenCalledWith({ utteranceId: "u1", start_ms: 14_000 });
  });

  test("is one stop of the tab key per party; arrow keys go along the line", () => {
    const feelings = [felt("u1", 5000, angry), felt("u2", 25_000, angry), felt("u3", 45_000, angry)];
    show(<FeelingsBand feelings={feelings} time_ms={60_000} shine={vi.fn()} />);
    const stops = (): string[] =>
      screen
        .getAllByRole("button")
        .filter(({ tabIndex }) => tabIndex === 0)
        .map(({ dataset }) => dataset["testid"] ?? "");
    expect(stops()).toEqual(["feeling-u3"]);
    screen.getByTestId("feeling-u3").focus();
    fireEvent.keyDown(screen.getByTestId("feeling-u3"), { key: "ArrowLeft" });
    expect(document.activeElement).toBe(screen.getByTestId("feeling-u2"));
    expect(stops()).toEqual(["feeling-u2"]);
    fireEvent.keyDown(screen.getByTestId("feeling-u2"), { key: "Home" });
    fireEvent.keyDown(screen.getByTestId("feeling-u1"), { key: "ArrowLeft" });
    expect(document.activeElement).toBe(screen.getByTestId("feeling-u1"));
  });

  test("draws the golden call", () => {
    const view = readViews("upgrade").at(-1);
    show(<FeelingsBand feelings={view?.feelings ?? []} time_ms={90_000} shine={vi.fn()} />);
    expect(screen.getByRole("group", { name: "客户情绪：满意（轻微），好转" })).toBeDefined();
  });
});
