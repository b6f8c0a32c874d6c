// @vitest-environment happy-dom
/** A review on the page of its call. */

import { cleanup, configure, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import CallPage from "../../src/callPage/CallPage";
import type { Permission, User } from "../../src/protocol";
import { goTo } from "../../src/route";
import { readViews } from "../golden";
import { show } from "../screen";
import { DETAIL } from "./samples";

vi.mock("wavesurfer.js", () => ({ default: { create: () => ({ destroy: () => undefined }) } }));
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 30_000 });

const asked: string[] = [];

afterEach(() => {
  cleanup();
  asked.length = 0;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function open(permissions: readonly Permission[], reviewId?: string): void {
  const view = { ...readViews("upgrade").at(-1), call_id: "c1" };
  vi.stubGlobal("fetch", (url: string) => {
    const path = url.replace("/api/v1", "");
    asked.push(path);
    const answers: Readonly<Record<string, unknown>> = {
      "/calls/c1": { call: {}, view },
      "/calls/c1/peaks": { duration_ms: 90_000, step_ms: 10, parties: [] },
      "/calls/c1/reviews": { reviews: [DETAIL.review] },
      "/reviews/r-1": DETAIL,
      "/reviews/inbox": { entries: [], overdue: 0 },
    };
    return Promise.resolve(new Response(JSON.stringify(answers[path])));
  });
  const user: User = { user_id: "user-1", name: "赵敏", role: "qa", agent_id: null, permissions };
  const nothing = (): void => undefined;
  show(
    <CallPage
      user={user}
      route={{ page: "call", callId: "c1", ...(reviewId !== undefined && { reviewId }) }}
      theme="light"
      themeChoice="light"
      chooseTheme={nothing}
      signOut={nothing}
      sessionEnded={nothing}
    />,
  );
}

test("the page is left with scores that were not sent only with consent", async () => {
  goTo({ page: "call", callId: "c1", reviewId: "r-1" });
  open(["review.read", "review.score"], "r-1");
  fireEvent.click(await screen.findByTestId("value-care-2"));
  const confirmed = vi.fn(() => false);
  vi.stubGlobal("confirm", confirmed);
  goTo({ page: "desk" });
  expect(confirmed).toHaveBeenCalledTimes(1);
  expect(window.location.pathname).toBe("/calls/c1");
});

test("what is written stays while another panel is looked at", async () => {
  open(["review.read", "review.score"], "r-1");
  fireEvent.click(await screen.findByTestId("value-care-2"));
  fireEvent.click(screen.getByText("备注"));
  expect(screen.queryByTestId("score-form")).toBeNull();
  fireEvent.click(screen.getByText("复核 1"));
  expect(screen.getByTestId("value-care-2").getAttribute("aria-pressed")).toBe("true");
});

test("who has nothing to do with reviews is not shown any, and none are asked for", async () => {
  open(["note.write"]);
  await screen.findByTestId("play");
  expect(screen.queryByText(/复核/)).toBeNull();
  expect(asked.some((path) => path.includes("reviews"))).toBe(false);
});
