// @vitest-environment happy-dom
/** The pages of reviews over a server that tells what it is asked. */

import { cleanup, configure, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Permission, User } from "../../src/protocol";
import ReviewsPage from "../../src/reviews/ReviewsPage";
import { goTo, useRoute } from "../../src/route";
import { show } from "../screen";
import { REVIEW } from "./samples";

configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 30_000 });

const QUEUED = { ...REVIEW, state: "queued", reviewer_id: null, reviewer_name: "" } as const;
const DRAW = {
  ...{ draw_id: "d1", day: "2026-11-22", calls: 812, risk_calls: 20, random_calls: 20, inclusion: 0.0253 },
  ...{ seed: "abc", at: "2026-11-23T01:00:00Z", until: "2026-11-22T16:00:00Z" },
};
const CASE = {
  ...{ case_id: "case-1", call_id: "c1", review_id: "r-1", playbook: "telecom", rule_id: "push", rule: "push@2" },
  ...{ flag_id: "f1", was: "breach", expected: "silent", at_ms: 33_000, reason: "客户在问价", by_name: "王磊" },
  at: "2026-11-23T04:00:00Z",
};
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/reviews/inbox": {
    entries: [{ what: "score", review: REVIEW, due_at: "2020-01-01T00:00:00Z", is_overdue: true }],
    overdue: 1,
  },
  "/reviews?state=queued&order=risk": { reviews: [QUEUED], next: "2" },
  "/reviews?state=queued&order=risk&after=2": { reviews: [{ ...QUEUED, review_id: "r-2" }], next: null },
  "/reviews?order=newest": { reviews: [], next: null },
  "/archive/choices": { agents: [{ code: "1001", title: "李静" }], intents: [], rules: [], offers: [] },
  "/reviews/draws": { draws: [DRAW] },
  "/reviews/people": { people: [{ user_id: "user-2", name: "林晓", role: "qa" }] },
  "/scorecards": { scorecards: [{ name: "telecom-service", version: "1", title: "评分表" }] },
  "/calibrations": {
    calibrations: [
      {
        calibration_id: "k1",
        call_id: "c1",
        scorecard: "telecom-service@1",
        opened_at: "2026-11-22T01:00:00Z",
        due_at: null,
        is_complete: true,
        reviews: [
          { ...REVIEW, state: "sealed", score: 90 },
          { ...REVIEW, review_id: "r-9", reviewer_id: "user-2", reviewer_name: "林晓", state: "sealed", score: 70 },
        ],
      },
    ],
  },
  "/calibrations/agreement?scorecard=telecom-service": {
    calls: 1,
    overall: { kappa: 0.71, agreement: 0.88, ratings: 180 },
    mean_score_gap: 20,
    items: [
      { item_id: "care", title: "关怀", scale: 4, weighting: "quadratic", kappa: null, agreement: 1, ratings: 12 },
    ],
  },
  "/playbooks": {
    playbooks: [{ name: "telecom", is_default: true, running: { version: "2", title: "电信", rules: 9 } }],
  },
  "/rule-precision?playbook=telecom": {
    rules: [
      ...[{ rule_id: "push", judged: 41, right: 37, precision: 0.91, low: 0.79, high: 0.97 }].map((rule) => ({
        ...rule,
        is_weighted: true,
        cases: 1,
      })),
    ],
  },
  "/rule-cases?playbook=telecom": { cases: [{ ...CASE, now: null }] },
  "/rule-cases?playbook=telecom&replay=true": { cases: [{ ...CASE, now: "failing" }] },
};

let sent: { readonly path: string; readonly body: unknown }[];

beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", (url: string, { method, body }: { method: string; body?: string }) => {
    const path = url.replace("/api/v1", "");
    if (method !== "GET") sent.push({ path, body: JSON.parse(body ?? "null") });
    const answer = method !== "GET" ? QUEUED : path.startsWith("/calibrations/k1") ? COMPARED : ANSWERS[path];
    if (answer === undefined) throw new Error(`not expected: ${path}`);
    return Promise.resolve(new Response(JSON.stringify(answer)));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const COMPARED = {
  calibration: (ANSWERS["/calibrations"] as { calibrations: readonly unknown[] }).calibrations[0],
  items: [
    {
      item_id: "care",
      title: "关怀",
      scale: 4,
      values: [
        { reviewer_id: "user-1", value: 4, reason: "" },
        { reviewer_id: "user-2", value: 1, reason: "没有共情" },
      ],
    },
    { item_id: "greeting", title: "开场白", scale: 1, values: [] },
  ],
};

const LEAD: readonly Permission[] = ["review.read", "review.score", "review.assign", "review.decide-lead"];

function Page({ permissions }: { permissions: readonly Permission[] }): React.JSX.Element {
  const route = useRoute();
  const nothing = (): void => undefined;
  const user: User = { user_id: "user-1", name: "赵敏", role: "supervisor", agent_id: null, permissions };
  if (route.page !== "reviews") return <p>{route.page}</p>;
  return (
    <ReviewsPage
      user={user}
      route={route}
      themeChoice="light"
      chooseTheme={nothing}
      signOut={nothing}
      sessionEnded={nothing}
    />
  );
}

function open(part: "inbox" | "queue" | "draws" | "calibrations" | "rules", permissions = LEAD): void {
  goTo({ page: "reviews", part, asked: "" });
  show(<Page permissions={permissions} />);
}

test("the inbox tells what waits and what is overdue, also in the navigation", async () => {
  open("inbox");
  const row = await screen.findByTestId("review-r-1");
  expect(row.textContent).toContain("待评分");
  expect(row.textContent).toContain("已超期");
  expect(row.textContent).toContain("违规：客户不满时推销+20");
  expect(row.textContent).toContain("客户情绪激烈：愤怒+15");
  expect(screen.getByTestId("inbox-badge").textContent).toBe("1");
  expect(screen.getByTestId("open-r-1").getAttribute("href")).toBe("/calls/c1?review=r-1");
});

test("the queue begins with the riskiest, is read page by page, and one is taken", async () => {
  open("queue");
  await screen.findByTestId("review-r-1");
  fireEvent.click(screen.getByTestId("more-reviews"));
  await screen.findByTestId("review-r-2");
  expect(screen.queryByTestId("more-reviews")).toBeNull();
  fireEvent.click(screen.getByTestId("take-r-1"));
  await waitFor(() => {
    expect(sent).toEqual([{ path: "/reviews/r-1/take", body: { version: 2, reason: "" } }]);
  });
});

test("agents have the reviews of their own calls, without the parts of others", async () => {
  open("queue", ["review.answer"]);
  await screen.findByText("没有符合条件的复核任务");
  expect(screen.getByTestId("part-queue").textContent).toBe("我的复核");
  for (const part of ["draws", "calibrations", "rules"]) expect(screen.queryByTestId(`part-${part}`)).toBeNull();
});

test("a draw says how likely each call was to be drawn, and for how many it stands", async () => {
  open("draws");
  const card = await screen.findByTestId("draw-2026-11-22");
  expect(card.textContent).toContain("其余 792 通随机抽 20 通");
  expect(card.textContent).toContain("2.5%");
  expect(card.textContent).toContain("约代表 40 通");
});

test("calibrations tell how far reviewers agree, and where they differ", async () => {
  open("calibrations");
  expect((await screen.findByTestId("kappa-all")).textContent).toContain("0.71一致较好88%");
  expect(screen.getByTestId("kappa-care").textContent).toContain("算不出");
  const compared = await screen.findByTestId("compared");
  expect(compared.textContent).toContain("2 项中 1 项不一致");
  const care = within(compared).getByTestId("compared-care");
  expect(care.dataset["differs"]).toBe("true");
  expect(care.textContent).toContain("没有共情");
});

test("a rule has its precision and its cases, which are replayed when that is asked for", async () => {
  open("rules");
  const row = await screen.findByTestId("precision-push");
  expect(row.textContent).toContain("91%");
  expect(row.textContent).toContain("79% – 97%");
  expect(row.textContent).toContain("41 次中对 37 次");
  const found = await screen.findByTestId("case-case-1");
  expect(found.textContent).toContain("判了“违规”，应为“不触发”");
  expect(within(found).queryByTestId("now")).toBeNull();
  fireEvent.click(screen.getByTestId("try-cases"));
  expect((await screen.findByTestId("now")).textContent).toContain("仍判错");
  expect(screen.getByTestId("tried").textContent).toBe("1 个用例：0 个通过，1 个未通过");
});
