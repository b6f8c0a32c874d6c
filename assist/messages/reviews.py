"""How people judge a call: reviews, what agents say to them, what is decided, and coaching.

These events are told by the routes for reviews alone; a call's feed and its events over REST leave them out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assist.messages.advice import Verdict
from assist.messages.common import Message

MAX_REASON_CHARS = 2_000
MAX_APPEAL_CHARS = 4_000
MAX_NOTE_CHARS = 4_000

ReviewKind = Literal["audit", "calibration"]
ReviewOrigin = Literal["risk", "random", "chosen"]
"""Why a call is reviewed: its risk, the lot, or somebody's choice."""
ReviewState = Literal[
    "queued", "in_review", "with_agent", "with_lead", "answered", "with_quality", "sealed", "closed", "withdrawn"
]
ReviewStep = Literal["take", "release", "assign", "accept", "lapse", "pass-on", "withdraw"]
AppealLevel = Literal["lead", "quality"]
AppealOutcome = Literal["granted", "partly", "rejected"]
RightVerdict = Verdict | Literal["silent"]
"""What a rule should have said; silent: nothing."""
AutoBecause = Literal["met", "breach", "at-risk", "abstained", "silent", "not-applicable", "no-rule", "not-judged"]
"""What rules said of an item: a verdict; nothing, which may mean that it does not apply; that there is no rule for it;
that they could not judge this call."""
RiskCode = Literal[
    "flag",
    "at-risk-flag",
    "abstained-flag",
    "anger",
    "worse-at-end",
    "low-confidence",
    "long-silence",
    "overtalk",
    "repeat-call",
    "customer-tag",
    "refused-offer",
    "broken-promise",
]

Reason = Annotated[str, Field(max_length=MAX_REASON_CHARS)]


class RiskReason(Message):
    """Something about a call that makes it worth hearing."""

    code: RiskCode
    label: str = ""
    """Rule, emotion or tag."""
    title: str = ""
    """The playbook's words for it."""
    points: int
    """What it adds to the risk."""


class ItemScore(Message):
    """One item of a scorecard as it was scored; it is read without the scorecard's file."""

    item_id: str
    section_id: str
    title: str
    weight: int
    """Points of 100 are shared out by weight over the items that apply."""
    scale: int
    """Values go from 0 to this; 1: no or yes."""
    is_critical: bool = False
    """The value 0 makes the whole score 0."""
    auto: int | None = None
    """What rules made of it; None: they left it to a person."""
    auto_because: AutoBecause
    flag_ids: tuple[str, ...] = ()
    """Flags that it was filled in from."""
    value: int | None = None
    """What a person made of it; None: it does not apply to this call."""
    reason: Reason = ""
    """Why it is not what the rules made of it."""


class ReviewOpened(Message):
    """A call is to be reviewed."""

    type: Literal["review-opened"] = "review-opened"
    review_id: str
    kind: ReviewKind
    calibration_id: str | None = None
    """The session in which several score the same call without seeing each other's scores."""
    origin: ReviewOrigin
    draw_id: str | None = None
    """The draw that took the call; None: somebody chose it."""
    inclusion: float | None = None
    """Probability with which the draw takes such a call, above 0 to 1; None: somebody chose it."""
    risk: int = 0
    """0 to 100."""
    reasons: tuple[RiskReason, ...] = ()
    """The weightiest first."""
    scorecard: str
    """name@version"""
    reviewer_id: str | None = None
    """User id of who is to score it; None: whoever takes it."""
    reviewer_name: str = ""
    due_at: datetime | None = None
    by: str
    """User id, or "draw"."""
    by_name: str


class ReviewMoved(Message):
    """A step that changes who has the review to work on."""

    type: Literal["review-moved"] = "review-moved"
    review_id: str
    step: ReviewStep
    before: ReviewState
    after: ReviewState
    reviewer_id: str | None = None
    """Who has it now."""
    reviewer_name: str = ""
    due_at: datetime | None = None
    """Of the state it is in now."""
    reason: Reason = ""
    by: str
    """User id, or "deadline"."""
    by_name: str


class ReviewScored(Message):
    """A reviewer has scored the call."""

    type: Literal["review-scored"] = "review-scored"
    review_id: str
    before: ReviewState
    after: ReviewState
    scorecard: str
    """name@version that it was scored by"""
    items: tuple[ItemScore, ...]
    """Every item of the scorecard, in its order."""
    summary: Reason = ""
    score: float
    """0 to 100."""
    is_zeroed: bool = False
    """By a critical item."""
    due_at: datetime | None = None
    by: str
    by_name: str


class AppealPoint(Message):
    """One thing that an agent says against a score, with its evidence."""

    item_id: str | None = None
    flag_id: str | None = None
    utterance_ids: tuple[str, ...] = ()
    start_ms: int | None = None
    end_ms: int | None = None
    text: Reason = ""


class AppealMade(Message):
    """The agent does not accept a score."""

    type: Literal["appeal-made"] = "appeal-made"
    review_id: str
    before: ReviewState
    after: ReviewState
    level: AppealLevel
    """Who is to decide."""
    text: Annotated[str, Field(min_length=1, max_length=MAX_APPEAL_CHARS)]
    points: tuple[AppealPoint, ...] = ()
    due_at: datetime | None = None
    by: str
    by_name: str


class ItemChange(Message):
    """An item's value before and after a decision; None: it does not apply."""

    item_id: str
    before: int | None
    after: int | None
    reason: Reason = ""


class RuleError(Message):
    """A rule was wrong in this call; what it should have said becomes a case of it."""

    case_id: str
    flag_id: str
    rule: str
    """rule id@playbook version"""
    was: Verdict
    expected: RightVerdict
    reason: Reason = ""


class AppealDecided(Message):
    """An appeal is answered."""

    type: Literal["appeal-decided"] = "appeal-decided"
    review_id: str
    before: ReviewState
    after: ReviewState
    level: AppealLevel
    outcome: AppealOutcome
    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON_CHARS)]
    changes: tuple[ItemChange, ...] = ()
    score_before: float
    score_after: float
    is_zeroed: bool = False
    """After the decision."""
    rule_errors: tuple[RuleError, ...] = ()
    due_at: datetime | None = None
    by: str
    by_name: str


class CoachingNoted(Message):
    """What the agent is to do better, or did well."""

    type: Literal["coaching-noted"] = "coaching-noted"
    review_id: str
    note_id: str
    text: Annotated[str, Field(min_length=1, max_length=MAX_NOTE_CHARS)]
    item_ids: tuple[str, ...] = ()
    due_at: datetime | None = None
    """Until when the agent is to acknowledge it."""
    by: str
    by_name: str


class CoachingAcknowledged(Message):
    """The agent has read a coaching note."""

    type: Literal["coaching-acknowledged"] = "coaching-acknowledged"
    review_id: str
    note_id: str
    by: str
    by_name: str


ReviewEvent = (
    ReviewOpened | ReviewMoved | ReviewScored | AppealMade | AppealDecided | CoachingNoted | CoachingAcknowledged
)

REVIEW_EVENTS = frozenset(
    (
        "review-opened",
        "review-moved",
        "review-scored",
        "appeal-made",
        "appeal-decided",
        "coaching-noted",
        "coaching-acknowledged",
    )
)
"""Types of the events that reviews are made of; nobody is told them as part of a call."""
