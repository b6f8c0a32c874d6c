"""How reviews are told; docs/qa.md says what it means."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from assist.messages import (
    AppealLevel,
    AppealOutcome,
    AutoBecause,
    Evidence,
    Flag,
    ItemScore,
    ReviewKind,
    ReviewOrigin,
    ReviewState,
    RightVerdict,
    RiskReason,
    Verdict,
)
from assist.quality.review import OVER, Appeal, Coaching, Happening, Review
from assist.quality.steps import StepName
from gateway.api.models import Body
from gateway.review_readers import Waits


class ReviewRow(Body):
    review_id: str
    call_id: str
    kind: ReviewKind
    calibration_id: str | None
    origin: ReviewOrigin | None
    """null for agents."""
    inclusion: float | None
    """Probability with which the draw takes such a call; null: somebody chose it, or an agent asks."""
    risk: int
    reasons: tuple[RiskReason, ...]
    scorecard: str
    """name@version"""
    state: ReviewState
    reviewer_id: str | None
    reviewer_name: str
    agent_id: str | None
    agent_name: str
    call_opened_at: datetime
    duration_ms: int
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    is_overdue: bool
    score: float | None
    is_zeroed: bool
    version: int
    unacknowledged: int
    """Coaching notes that the agent has not acknowledged."""

    @classmethod
    def of(cls, review: Review, *, now: datetime, is_agent: bool) -> ReviewRow:
        return cls(
            review_id=review.review_id,
            call_id=review.call_id,
            kind=review.kind,
            calibration_id=review.calibration_id,
            origin=None if is_agent else review.origin,
            inclusion=None if is_agent else review.inclusion,
            risk=0 if is_agent else review.risk,
            reasons=() if is_agent else review.reasons,
            scorecard=review.scorecard,
            state=review.state,
            reviewer_id=review.reviewer_id,
            reviewer_name=review.reviewer_name,
            agent_id=review.agent_id,
            agent_name=review.agent_name,
            call_opened_at=review.call_opened_at,
            duration_ms=review.duration_ms,
            opened_at=review.opened_at,
            changed_at=review.changed_at,
            due_at=review.due_at,
            is_overdue=review.due_at is not None and review.due_at < now and review.state not in OVER,
            score=review.score,
            is_zeroed=review.is_zeroed,
            version=review.version,
            unacknowledged=sum(one.acknowledged_at is None for one in review.coaching),
        )


class ReviewPage(Body):
    reviews: list[ReviewRow]
    next: str | None


class InboxEntry(Body):
    what: Waits
    review: ReviewRow
    due_at: datetime | None
    is_overdue: bool


class Inbox(Body):
    entries: list[InboxEntry]
    """What waits for whoever asks, the earliest due first; at most 200."""
    overdue: int
    counts: dict[str, int]
    """Of the entries, by what is to be done."""


class ItemFlag(Body):
    flag_id: str
    rule: str
    title: str
    verdict: Verdict
    reason: str
    at_ms: int
    evidence: tuple[Evidence, ...]

    @classmethod
    def of(cls, flag: Flag) -> ItemFlag:
        return cls(
            flag_id=flag.flag_id,
            rule=flag.rule,
            title=flag.title,
            verdict=flag.verdict,
            reason=flag.because.reason,
            at_ms=flag.at_ms,
            evidence=flag.because.evidence,
        )


class ReviewItem(Body):
    item_id: str
    section_id: str
    title: str
    guidance: str
    weight: int
    scale: int
    is_critical: bool
    auto: int | None
    auto_because: AutoBecause
    flags: list[ItemFlag]
    value: int | None
    """As it stands; before it is scored, what rules made of it."""
    is_scored: bool
    not_applicable: bool
    reason: str

    @classmethod
    def of(cls, item: ItemScore, flags: Collection[Flag], *, guidance: str, is_scored: bool) -> ReviewItem:
        is_left_out = item.value is None and (is_scored or item.auto_because == "not-applicable")
        return cls(
            item_id=item.item_id,
            section_id=item.section_id,
            title=item.title,
            guidance=guidance,
            weight=item.weight,
            scale=item.scale,
            is_critical=item.is_critical,
            auto=item.auto,
            auto_because=item.auto_because,
            flags=[ItemFlag.of(flag) for flag in flags if flag.flag_id in item.flag_ids],
            value=item.value,
            is_scored=is_scored,
            not_applicable=is_left_out,
            reason=item.reason,
        )


class CardSection(Body):
    section_id: str
    title: str


class Card(Body):
    name: str
    version: str
    title: str
    sections: list[CardSection]


class DecidedPoint(Body):
    item_id: str
    before: int | None
    after: int | None


class DecidedError(Body):
    flag_id: str
    rule: str
    was: Verdict
    expected: RightVerdict
    reason: str
    case_id: str


class DecisionTold(Body):
    outcome: AppealOutcome
    level: AppealLevel
    """Who decided; not who was asked, where the lead passed it on."""
    reason: str
    changes: list[DecidedPoint]
    score_before: float
    score_after: float
    rule_errors: list[DecidedError]
    by_name: str
    at: datetime | None


class PointTold(Body):
    item_id: str | None
    flag_id: str | None
    utterance_ids: tuple[str, ...]
    start_ms: int | None
    end_ms: int | None
    text: str


class AppealTold(Body):
    level: AppealLevel
    text: str
    points: list[PointTold]
    by_name: str
    at: datetime
    decision: DecisionTold | None

    @classmethod
    def of(cls, appeal: Appeal) -> AppealTold:
        made, decided = appeal.made, appeal.decided
        decision = decided and DecisionTold(
            outcome=decided.outcome,
            level=decided.level,
            reason=decided.reason,
            changes=[DecidedPoint(item_id=one.item_id, before=one.before, after=one.after) for one in decided.changes],
            score_before=decided.score_before,
            score_after=decided.score_after,
            rule_errors=[
                DecidedError(
                    flag_id=one.flag_id,
                    rule=one.rule,
                    was=one.was,
                    expected=one.expected,
                    reason=one.reason,
                    case_id=one.case_id,
                )
                for one in decided.rule_errors
            ],
            by_name=decided.by_name,
            at=appeal.decided_at,
        )
        return cls(
            level=made.level,
            text=made.text,
            points=[PointTold(**dict(point)) for point in made.points],
            by_name=made.by_name,
            at=appeal.at,
            decision=decision,
        )


class CoachingTold(Body):
    note_id: str
    text: str
    item_ids: tuple[str, ...]
    by_name: str
    at: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None

    @classmethod
    def of(cls, one: Coaching) -> CoachingTold:
        noted = one.noted
        return cls(
            note_id=noted.note_id,
            text=noted.text,
            item_ids=noted.item_ids,
            by_name=noted.by_name,
            at=one.at,
            due_at=noted.due_at,
            acknowledged_at=one.acknowledged_at,
        )


class StepTold(Body):
    at: datetime
    by_name: str
    step: Happening
    before: ReviewState | None
    after: ReviewState
    reason: str


class ReviewDetail(Body):
    review: ReviewRow
    card: Card
    items: list[ReviewItem]
    summary: str
    appeals: list[AppealTold]
    coaching: list[CoachingTold]
    history: list[StepTold]
    may: list[StepName]
    """What whoever asks can do now."""
