/** Reviews as the server tells them. */

import type { Review, ReviewDetail, ReviewItem } from "../../src/reviews/api";

export const REVIEW: Review = {
  review_id: "r-1",
  call_id: "c1",
  kind: "audit",
  calibration_id: null,
  origin: "risk",
  inclusion: 1,
  risk: 62,
  reasons: [
    { code: "flag", label: "sell-while-upset", title: "客户不满时推销", points: 20 },
    { code: "anger", label: "angry", title: "", points: 15 },
  ],
  scorecard: "telecom-service@1",
  state: "in_review",
  reviewer_id: "user-1",
  reviewer_name: "赵敏",
  agent_id: "1001",
  agent_name: "李静",
  call_opened_at: "2026-11-22T01:00:00Z",
  duration_ms: 90_000,
  due_at: "2126-11-25T01:00:00Z",
  is_overdue: false,
  score: null,
  is_zeroed: false,
  version: 2,
  unacknowledged: 0,
};

const ITEM: ReviewItem = {
  item_id: "greeting",
  section_id: "opening",
  title: "规范开场白",
  guidance: "报公司名",
  weight: 10,
  scale: 1,
  is_critical: false,
  auto: 1,
  auto_because: "met",
  flags: [],
  value: 1,
  is_scored: false,
  reason: "",
};

export const GREETING = ITEM;

export const NO_PUSHING: ReviewItem = {
  ...ITEM,
  item_id: "pushing",
  section_id: "selling",
  title: "不强推",
  guidance: "",
  weight: 20,
  is_critical: true,
  auto: 0,
  auto_because: "breach",
  value: 0,
  flags: [
    {
      flag_id: "f1",
      rule: "push-after-refusal@2",
      title: "拒绝后继续推销",
      verdict: "breach",
      reason: "客户已拒绝",
      at_ms: 35_000,
      evidence: [
        {
          kind: "utterance",
          party: "agent",
          utterance_id: "u2",
          start_ms: 33_000,
          end_ms: 35_000,
          quote: "再考虑一下",
          confidence: 0.93,
        },
      ],
    },
  ],
};

export const CARE: ReviewItem = {
  ...ITEM,
  item_id: "care",
  section_id: "selling",
  title: "关怀",
  guidance: "",
  weight: 10,
  scale: 4,
  auto: null,
  auto_because: "no-rule",
  value: null,
};

export const DETAIL: ReviewDetail = {
  review: REVIEW,
  card: {
    name: "telecom-service",
    version: "1",
    title: "电信服务评分表",
    sections: [
      { section_id: "opening", title: "开场" },
      { section_id: "selling", title: "推荐" },
    ],
  },
  items: [GREETING, NO_PUSHING, CARE],
  summary: "",
  appeals: [],
  coaching: [],
  history: [
    { at: "2026-11-23T01:00:00Z", by_name: "", step: "opened", before: null, after: "queued", reason: "" },
    { at: "2026-11-23T02:00:00Z", by_name: "赵敏", step: "take", before: "queued", after: "in_review", reason: "" },
  ],
  may: ["score", "release"],
};

/** As its agent is told it. */
export const TOLD: ReviewDetail = {
  ...DETAIL,
  review: { ...REVIEW, state: "with_agent", score: 50, origin: null, risk: 0, reasons: [], version: 3 },
  items: [
    { ...GREETING, is_scored: true },
    { ...NO_PUSHING, value: 0, is_scored: true },
    { ...CARE, value: 2, is_scored: true },
  ],
  may: ["accept", "appeal"],
};

export const APPEALED: ReviewDetail = {
  ...TOLD,
  review: { ...TOLD.review, state: "with_lead", version: 4 },
  appeals: [
    {
      level: "lead",
      text: "客户是在问价格",
      points: [
        {
          ...{ item_id: "pushing", flag_id: "f1", utterance_ids: ["u1"], start_ms: 1_000, end_ms: 2_000 },
          text: "请听这一句",
        },
      ],
      by_name: "李静",
      at: "2026-11-23T03:00:00Z",
      decision: null,
    },
  ],
  may: ["decide", "pass-on"],
};
