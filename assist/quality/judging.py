"""The events by which a score comes to be, is disputed, is decided about and is taught from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from assist.errors import InputError, NotFoundError
from assist.messages import (
    AppealDecided,
    AppealLevel,
    AppealMade,
    AppealOutcome,
    AppealPoint,
    CallDegraded,
    CallOpened,
    CoachingAcknowledged,
    CoachingNoted,
    Envelope,
    Flag,
    ItemChange,
    ItemScore,
    ReviewScored,
    RightVerdict,
    RuleError,
    Utterance,
)
from assist.quality.review import REVIEWED, Review
from assist.quality.scorecard import Scorecard
from assist.quality.scoring import GivenValue, Judged, changed, filled_in, scored, total
from assist.quality.steps import Actor, Deadlines, StepName, may, require

READ = REVIEWED | {"call-degraded", "flag", "utterance"}
"""Types of the events that a step has to know of."""

MAX_POINTS = 50


@dataclass(frozen=True, slots=True)
class GivenError:
    """A flag that somebody says is wrong."""

    flag_id: str
    expected: RightVerdict
    reason: str = ""


def judged_in(log: Iterable[Envelope]) -> Judged:
    """What rules said in a call, from its log."""
    flags: dict[str, Flag] = {}
    playbook, is_impaired = "", False
    for envelope in log:
        match envelope.event:
            case CallOpened() as event:
                playbook = event.playbook.partition("@")[0]
            case CallDegraded() as event:
                is_impaired |= event.part == "playbook" or event.code == "phrases-failed"
            case Flag() as event:
                flags[event.flag_id] = event
            case _:
                pass
    return Judged(tuple(flags.values()), playbook, is_impaired)


def standing_items(review: Review, card: Scorecard | None, judged: Judged) -> tuple[ItemScore, ...]:
    """The items of a review: as they were scored, else as rules fill in the scorecard; none without one."""
    if review.items or card is None:
        return review.items
    return filled_in(card, judged)


def score_given(
    review: Review,
    card: Scorecard,
    judged: Judged,
    given: Sequence[GivenValue],
    actor: Actor,
    now: datetime,
    *,
    summary: str,
    version: int,
    deadlines: Deadlines,
) -> ReviewScored:
    """A score. Raises as ``steps.require``, ``scoring.scored`` and ``scoring.total`` do."""
    after = require(review, "score", actor, now, version=version)
    items = scored(filled_in(card, judged), given)
    result = total(items)
    return ReviewScored(
        review_id=review.review_id,
        before=review.state,
        after=after,
        scorecard=card.reference,
        items=items,
        summary=summary.strip(),
        score=result.score,
        is_zeroed=result.is_zeroed,
        due_at=deadlines.due(after, now),
        by=actor.user_id,
        by_name=actor.name,
    )


def appeal_made(
    review: Review,
    log: Sequence[Envelope],
    actor: Actor,
    now: datetime,
    *,
    text: str,
    points: Sequence[AppealPoint],
    version: int,
    deadlines: Deadlines,
) -> AppealMade:
    """An appeal against a score. Raises as ``steps.require``, and InputError "unknown-evidence"."""
    after = require(review, "appeal", actor, now, version=version)
    for point in points:
        _require_evidence(point, review, log)
    return AppealMade(
        review_id=review.review_id,
        before=review.state,
        after=after,
        level="lead" if after == "with_lead" else "quality",
        text=text.strip(),
        points=tuple(points),
        due_at=deadlines.due(after, now),
        by=actor.user_id,
        by_name=actor.name,
    )


def _require_evidence(point: AppealPoint, review: Review, log: Sequence[Envelope]) -> None:
    flags = {one.event.flag_id for one in log if isinstance(one.event, Flag)}
    utterances = {one.event.utterance_id for one in log if isinstance(one.event, Utterance)}
    items = {item.item_id for item in review.items}
    span = point.start_ms, point.end_ms
    is_span = span == (None, None) or (
        span[0] is not None and span[1] is not None and 0 <= span[0] <= span[1] <= review.duration_ms
    )
    if (
        (point.flag_id is not None and point.flag_id not in flags)
        or (point.item_id is not None and point.item_id not in items)
        or not utterances.issuperset(point.utterance_ids)
        or not is_span
    ):
        raise InputError("An item, flag, utterance or span of the appeal is not of this call.", code="unknown-evidence")


def appeal_decided(
    review: Review,
    judged: Judged,
    actor: Actor,
    now: datetime,
    *,
    outcome: AppealOutcome,
    reason: str,
    given: Sequence[GivenValue],
    errors: Sequence[GivenError],
    version: int,
    deadlines: Deadlines,
) -> AppealDecided:
    """An answer to an appeal.

    Raises as ``steps.require`` and ``scoring.changed`` do, InputError "unknown-evidence" for flags the call has not,
    and "bad-scores" for a rejection that changes the score, or an appeal that is granted and changes nothing.
    """
    after = require(review, "decide", actor, now, version=version)
    reason = reason.strip()
    items = changed(review.items, [GivenValue(one.item_id, one.value, one.reason.strip() or reason) for one in given])
    changes = tuple(
        ItemChange(item_id=old.item_id, before=old.value, after=new.value, reason=new.reason)
        for old, new in zip(review.items, items, strict=True)
        if old.value != new.value
    )
    if (outcome == "rejected") == bool(changes):
        raise InputError(
            "Who grants an appeal changes an item's value; who rejects it changes none.", code="bad-scores"
        )
    result = total(items)
    level: AppealLevel = "lead" if review.state == "with_lead" else "quality"
    return AppealDecided(
        review_id=review.review_id,
        before=review.state,
        after=after,
        level=level,
        outcome=outcome,
        reason=reason,
        changes=changes,
        score_before=review.score or 0.0,
        score_after=result.score,
        is_zeroed=result.is_zeroed,
        rule_errors=tuple(_rule_error(one, judged) for one in errors),
        due_at=deadlines.due(after, now),
        by=actor.user_id,
        by_name=actor.name,
    )


def _rule_error(given: GivenError, judged: Judged) -> RuleError:
    flag = next((flag for flag in judged.flags if flag.flag_id == given.flag_id), None)
    if flag is None:
        raise InputError(f"The call has no flag {given.flag_id!r}.", code="unknown-evidence")
    if given.expected == flag.verdict:
        raise InputError(f"The flag {given.flag_id!r} says {flag.verdict} already.", code="bad-scores")
    return RuleError(
        case_id=f"case-{uuid4().hex[:16]}",
        flag_id=flag.flag_id,
        rule=flag.rule,
        was=flag.verdict,
        expected=given.expected,
        reason=given.reason.strip(),
    )


def coaching_noted(
    review: Review,
    actor: Actor,
    now: datetime,
    *,
    text: str,
    item_ids: Sequence[str],
    version: int,
    deadlines: Deadlines,
) -> CoachingNoted:
    """A note for the agent. Raises InputError "review-changed", "wrong-state", "unknown-evidence"."""
    if version != review.version:
        raise InputError("The review has changed since you read it; look at it again.", code="review-changed")
    _require_may(review, "coach", actor, now)
    if not {item.item_id for item in review.items}.issuperset(item_ids):
        raise InputError("The scorecard has no such item.", code="unknown-evidence")
    return CoachingNoted(
        review_id=review.review_id,
        note_id=f"note-{uuid4().hex[:16]}",
        text=text.strip(),
        item_ids=tuple(item_ids),
        due_at=now + deadlines.acknowledge,
        by=actor.user_id,
        by_name=actor.name,
    )


def coaching_acknowledged(review: Review, note_id: str, actor: Actor, now: datetime) -> CoachingAcknowledged | None:
    """That the agent has read a note; None: it was told before.

    Raises NotFoundError "unknown-note", InputError "wrong-state".
    """
    note = next((one for one in review.coaching if one.noted.note_id == note_id), None)
    if note is None:
        raise NotFoundError("This review has no such note.", code="unknown-note")
    if note.acknowledged_at is not None:
        return None
    _require_may(review, "acknowledge", actor, now)
    return CoachingAcknowledged(review_id=review.review_id, note_id=note_id, by=actor.user_id, by_name=actor.name)


def _require_may(review: Review, step: StepName, actor: Actor, now: datetime) -> None:
    if step not in may(review, actor, now):
        raise InputError(f"You cannot {step} on this review now.", code="wrong-state")
