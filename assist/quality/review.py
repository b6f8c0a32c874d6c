"""A review as its events leave it: a pure fold over a call's log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from assist.messages import (
    REVIEW_EVENTS,
    AppealDecided,
    AppealMade,
    CallClosed,
    CallOpened,
    CallUpdated,
    CoachingAcknowledged,
    CoachingNoted,
    Envelope,
    ItemChange,
    ItemScore,
    Message,
    ReviewEvent,
    ReviewKind,
    ReviewMoved,
    ReviewOpened,
    ReviewOrigin,
    ReviewScored,
    ReviewState,
    ReviewStep,
    RiskReason,
)

REVIEWED = REVIEW_EVENTS | {"call-opened", "call-updated", "call-closed"}
"""Types of the events that reviews are made of; all others may be left out."""

OVER = ("sealed", "closed", "withdrawn")
"""States in which nobody has anything left to do."""
TOLD = ("with_agent", "with_lead", "answered", "with_quality", "closed")
"""States in which the agent knows the score."""

Happening = ReviewStep | Literal["opened", "score", "appeal", "decide", "coach", "acknowledge"]


class Step(Message):
    """One thing that was done; its event says more."""

    at: datetime
    by: str
    by_name: str
    step: Happening
    before: ReviewState | None
    """None: it did not exist."""
    after: ReviewState
    reason: str = ""


class Appeal(Message):
    """What an agent said against a score, and the answer."""

    made: AppealMade
    at: datetime
    decided: AppealDecided | None = None
    decided_at: datetime | None = None


class Coaching(Message):
    """A note for the agent."""

    noted: CoachingNoted
    at: datetime
    acknowledged_at: datetime | None = None


class Review(Message):
    """Everything about one review."""

    review_id: str
    call_id: str
    kind: ReviewKind
    calibration_id: str | None
    origin: ReviewOrigin
    draw_id: str | None
    inclusion: float | None
    """Probability with which the draw takes such a call; None: somebody chose it."""
    risk: int
    """0 to 100."""
    reasons: tuple[RiskReason, ...]
    scorecard: str
    """name@version"""
    state: ReviewState
    reviewer_id: str | None
    """User id of who has or had it to score."""
    reviewer_name: str
    agent_id: str | None
    agent_name: str
    call_opened_at: datetime
    duration_ms: int
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    """Of the state; None: nothing is due."""
    version: int
    """How many events made it."""
    items: tuple[ItemScore, ...] = ()
    """As they stand; empty until it is scored."""
    summary: str = ""
    score: float | None = None
    """0 to 100; None: not scored."""
    is_zeroed: bool = False
    scored_at: datetime | None = None
    appeals: tuple[Appeal, ...] = ()
    coaching: tuple[Coaching, ...] = ()
    history: tuple[Step, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the agent may know of it."""
        return self.kind == "audit" and self.score is not None and self.state in TOLD

    @property
    def deciders(self) -> frozenset[str]:
        """User ids of who scored it or decided about it."""
        decided = {appeal.decided.by for appeal in self.appeals if appeal.decided}
        return frozenset(decided | ({self.reviewer_id} if self.score is not None and self.reviewer_id else set()))


def reviews_in(log: Iterable[Envelope]) -> Mapping[str, Review]:
    """The reviews of a call by id, in the order in which they were opened; from its log in ``seq`` order."""
    call = _Call()
    reviews: dict[str, Review] = {}
    for envelope in log:
        match envelope.event:
            case CallOpened() | CallUpdated() | CallClosed() as event:
                call.note(event, envelope.at)
            case ReviewOpened() as event:
                reviews[event.review_id] = _opened(event, envelope, call)
            case (
                ReviewMoved()
                | ReviewScored()
                | AppealMade()
                | AppealDecided()
                | CoachingNoted()
                | CoachingAcknowledged()
            ) as event if event.review_id in reviews:
                reviews[event.review_id] = _after(reviews[event.review_id], event, envelope.at)
            case _:
                pass
    return reviews


def without_reviews(log: Iterable[Envelope]) -> list[Envelope]:
    """A log for those who follow the call: a score must not be seen before it is told."""
    return [envelope for envelope in log if envelope.event.type not in REVIEW_EVENTS]


class _Call:
    """What reviews show of their call."""

    def __init__(self) -> None:
        self.opened_at: datetime | None = None
        self.duration_ms = 0
        self.agent_id: str | None = None
        self.agent_name = ""

    def note(self, event: CallOpened | CallUpdated | CallClosed, at: datetime) -> None:
        if isinstance(event, CallClosed):
            self.duration_ms = event.at_ms
            return
        if isinstance(event, CallOpened):
            self.opened_at = at
        if event.agent is not None:
            self.agent_id, self.agent_name = event.agent.agent_id, event.agent.name


def _opened(event: ReviewOpened, envelope: Envelope, call: _Call) -> Review:
    state: ReviewState = "in_review" if event.reviewer_id else "queued"
    return Review(
        review_id=event.review_id,
        call_id=envelope.call_id,
        kind=event.kind,
        calibration_id=event.calibration_id,
        origin=event.origin,
        draw_id=event.draw_id,
        inclusion=event.inclusion,
        risk=event.risk,
        reasons=event.reasons,
        scorecard=event.scorecard,
        state=state,
        reviewer_id=event.reviewer_id,
        reviewer_name=event.reviewer_name,
        agent_id=call.agent_id,
        agent_name=call.agent_name,
        call_opened_at=call.opened_at or envelope.at,
        duration_ms=call.duration_ms,
        opened_at=envelope.at,
        changed_at=envelope.at,
        due_at=event.due_at,
        version=1,
        history=(Step(at=envelope.at, by=event.by, by_name=event.by_name, step="opened", before=None, after=state),),
    )


def _after(review: Review, event: ReviewEvent, at: datetime) -> Review:
    """One event further."""
    after = review.state if isinstance(event, ReviewOpened | CoachingNoted | CoachingAcknowledged) else event.after
    changes: dict[str, object] = {"version": review.version + 1, "changed_at": at, "state": after}
    step: Happening = "opened"
    reason = ""
    match event:
        case ReviewMoved():
            step, reason = event.step, event.reason
            changes |= {"due_at": event.due_at, "reviewer_id": event.reviewer_id, "reviewer_name": event.reviewer_name}
        case ReviewScored():
            step = "score"
            changes |= {
                "due_at": event.due_at,
                "scorecard": event.scorecard,
                "items": event.items,
                "summary": event.summary,
                "score": event.score,
                "is_zeroed": event.is_zeroed,
                "scored_at": at,
            }
        case AppealMade():
            step = "appeal"
            changes |= {"due_at": event.due_at, "appeals": (*review.appeals, Appeal(made=event, at=at))}
        case AppealDecided():
            step, reason = "decide", event.reason
            changes |= {
                "due_at": event.due_at,
                "items": _with_changes(review.items, event.changes),
                "score": event.score_after,
                "is_zeroed": event.is_zeroed,
                "appeals": _answered(review.appeals, event, at),
            }
        case CoachingNoted():
            step = "coach"
            changes["coaching"] = (*review.coaching, Coaching(noted=event, at=at))
        case CoachingAcknowledged():
            step = "acknowledge"
            changes["coaching"] = tuple(
                one.model_copy(update={"acknowledged_at": at}) if one.noted.note_id == event.note_id else one
                for one in review.coaching
            )
        case ReviewOpened():
            pass
    done = Step(at=at, by=event.by, by_name=event.by_name, step=step, before=review.state, after=after, reason=reason)
    return review.model_copy(update={**changes, "history": (*review.history, done)})


def _with_changes(items: tuple[ItemScore, ...], changes: Iterable[ItemChange]) -> tuple[ItemScore, ...]:
    by_item = {change.item_id: change for change in changes}
    return tuple(
        item.model_copy(update={"value": by_item[item.item_id].after, "reason": by_item[item.item_id].reason})
        if item.item_id in by_item
        else item
        for item in items
    )


def _answered(appeals: tuple[Appeal, ...], event: AppealDecided, at: datetime) -> tuple[Appeal, ...]:
    """The last one is what is decided about."""
    return (*appeals[:-1], appeals[-1].model_copy(update={"decided": event, "decided_at": at})) if appeals else ()
