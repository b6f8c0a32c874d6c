"""Who may do what with a review, from which state to which: the state machine, and the events of its steps."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assist.errors import InputError, PermissionDeniedError
from assist.messages import ReviewMoved, ReviewState, ReviewStep
from assist.quality.review import Review

Power = Literal["score", "assign", "answer", "decide-lead", "decide-quality"]
"""What a person's role lets them do with reviews."""

StepName = ReviewStep | Literal["score", "appeal", "decide", "coach", "acknowledge"]

Who = Literal["anyone", "holder", "agent", "another", "deadline"]
"""Of those with the power: anyone, who has the review to score, the call's own agent, somebody who has not judged it
yet, or nobody but the deadline."""

DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the state machine."""

    step: StepName
    before: ReviewState
    after: ReviewState
    power: Power | None
    """None: no person does it."""
    who: Who


TRANSITIONS: Sequence[Transition] = (
    Transition("take", "queued", "in_review", "score", "anyone"),
    Transition("assign", "queued", "in_review", "assign", "anyone"),
    Transition("assign", "in_review", "in_review", "assign", "anyone"),
    Transition("release", "in_review", "queued", "score", "holder"),
    Transition("release", "in_review", "queued", "assign", "anyone"),
    Transition("score", "in_review", "with_agent", "score", "holder"),
    Transition("accept", "with_agent", "closed", "answer", "agent"),
    Transition("appeal", "with_agent", "with_lead", "answer", "agent"),
    Transition("lapse", "with_agent", "closed", None, "deadline"),
    Transition("decide", "with_lead", "answered", "decide-lead", "another"),
    Transition("pass-on", "with_lead", "with_quality", "decide-lead", "anyone"),
    Transition("accept", "answered", "closed", "answer", "agent"),
    Transition("appeal", "answered", "with_quality", "answer", "agent"),
    Transition("lapse", "answered", "closed", None, "deadline"),
    Transition("decide", "with_quality", "closed", "decide-quality", "another"),
    Transition("withdraw", "queued", "withdrawn", "assign", "anyone"),
    Transition("withdraw", "in_review", "withdrawn", "assign", "anyone"),
    Transition("withdraw", "with_agent", "withdrawn", "assign", "anyone"),
    Transition("withdraw", "with_lead", "withdrawn", "assign", "anyone"),
    Transition("withdraw", "answered", "withdrawn", "assign", "anyone"),
    Transition("withdraw", "with_quality", "withdrawn", "assign", "anyone"),
)
"""Beside it: a calibration's review is sealed once it is scored, and is never released or told; a call without an agent
is closed once it is scored; coaching notes are written on what was told, and acknowledged by its agent."""

ANSWERED_IN_TIME: Sequence[StepName] = ("accept", "appeal")
"""Steps that are refused after the deadline."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step."""

    user_id: str
    name: str
    powers: Set[Power]
    agent_id: str | None = None
    """Of a person who works calls."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each thing may take."""

    score: timedelta = timedelta(days=3)
    answer: timedelta = timedelta(days=3)
    decide: timedelta = timedelta(days=3)
    acknowledge: timedelta = timedelta(days=7)

    def due(self, state: ReviewState, now: datetime) -> datetime | None:
        """When what a state waits for has to be done; None: it waits for nothing."""
        match state:
            case "queued" | "in_review":
                return now + self.score
            case "with_agent" | "answered":
                return now + self.answer
            case "with_lead" | "with_quality":
                return now + self.decide
            case "sealed" | "closed" | "withdrawn":
                return None


def may(review: Review, actor: Actor, now: datetime) -> tuple[StepName, ...]:
    """The steps that a person can take now."""
    steps: list[StepName] = [
        one.step for one in TRANSITIONS if _fits(one, review) and not _refusal(one, review, actor, now)
    ]
    if review.is_told:
        if "score" in actor.powers:
            steps.append("coach")
        if _is_own(review, actor) and any(one.acknowledged_at is None for one in review.coaching):
            steps.append("acknowledge")
    return tuple(dict.fromkeys(steps))


def require(review: Review, step: StepName, actor: Actor, now: datetime, *, version: int | None) -> ReviewState:
    """The state after a step, if this person may take it now.

    ``version``: of the review that the person has seen; None: it does not matter. Raises InputError "review-changed",
    "review-taken", "wrong-state", "too-late"; PermissionDeniedError, also as "own-decision".
    """
    if step == "take" and review.state == "in_review" and review.reviewer_id != actor.user_id:
        raise InputError(f"{review.reviewer_name} has this review.", code="review-taken")
    if version is not None and version != review.version:
        raise InputError("The review has changed since you read it; look at it again.", code="review-changed")
    fitting = [one for one in TRANSITIONS if one.step == step and _fits(one, review)]
    if not fitting:
        raise InputError(f"A review that is {review.state} cannot be: {step}.", code="wrong-state")
    refusals = [_refusal(one, review, actor, now) for one in fitting]
    if (refusal := next(filter(None, refusals), None)) and all(refusals):
        raise refusal
    return _after(fitting[0], review)


def moved(
    review: Review,
    step: ReviewStep,
    actor: Actor,
    now: datetime,
    *,
    version: int | None,
    deadlines: Deadlines,
    reviewer: tuple[str, str] | None = None,
    reason: str = "",
) -> ReviewMoved:
    """The event of a step that changes no score; ``reviewer``: id and name of who is assigned.

    Raises as ``require``, and InputError "reason-needed" for a withdrawal without one.
    """
    after = require(review, step, actor, now, version=version)
    if step == "withdraw" and not reason.strip():
        raise InputError("Say why the review is withdrawn.", code="reason-needed")
    holder = review.reviewer_id, review.reviewer_name
    match step:
        case "take":
            holder = actor.user_id, actor.name
        case "assign":
            holder = reviewer or holder
        case "release":
            holder = None, ""
        case _:
            pass
    # Who hands a review on gains no time by it.
    keeps_time = after in ("queued", "in_review")
    return ReviewMoved(
        review_id=review.review_id,
        step=step,
        before=review.state,
        after=after,
        reviewer_id=holder[0],
        reviewer_name=holder[1],
        due_at=review.due_at if keeps_time else deadlines.due(after, now),
        reason=reason.strip(),
        by=actor.user_id,
        by_name=actor.name,
    )


def _fits(transition: Transition, review: Review) -> bool:
    if transition.before != review.state:
        return False
    return review.kind == "audit" or transition.step in ("assign", "score", "withdraw")


def _after(transition: Transition, review: Review) -> ReviewState:
    if transition.step != "score":
        return transition.after
    if review.kind == "calibration":
        return "sealed"
    return transition.after if review.agent_id else "closed"


def _refusal(transition: Transition, review: Review, actor: Actor, now: datetime) -> InputError | None:
    """Why this person may not."""
    is_late = review.due_at is not None and now > review.due_at
    if transition.power is None:
        if actor.user_id != DEADLINE:
            return PermissionDeniedError("Only the deadline ends a review like that.")
        return None if is_late else InputError("There is time left.", code="wrong-state")
    if transition.power not in actor.powers:
        return PermissionDeniedError(f"This step needs the right to {transition.power}, which your role does not have.")
    match transition.who:
        case "holder" if review.reviewer_id != actor.user_id:
            return PermissionDeniedError(f"{review.reviewer_name or 'Nobody'} has this review, not you.")
        case "agent" if not _is_own(review, actor):
            return PermissionDeniedError("This call belongs to another agent.")
        case "another" if actor.user_id in review.deciders:
            return PermissionDeniedError("Somebody else decides about what you judged.", code="own-decision")
        case _:
            pass
    if transition.step in ANSWERED_IN_TIME and is_late:
        return InputError("The time to answer is over.", code="too-late")
    return None


def _is_own(review: Review, actor: Actor) -> bool:
    return "answer" in actor.powers and actor.agent_id is not None and actor.agent_id == review.agent_id
