"""The state machine of reviews: who may do what, from which state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assist.errors import InputError, PermissionDeniedError
from assist.messages import AppealOutcome, AppealPoint, Envelope, Event, ReviewStep
from assist.quality.judging import (
    GivenError,
    appeal_decided,
    appeal_made,
    coaching_acknowledged,
    coaching_noted,
    judged_in,
)
from assist.quality.review import reviews_in
from assist.quality.scoring import GivenValue
from assist.quality.steps import DEADLINE, TRANSITIONS, Actor, may, moved
from tests.support.past_calls import NOW
from tests.support.reviews import (
    AGENT,
    DEADLINES,
    LEAD,
    OTHER_QA,
    QA,
    QUALITY,
    after,
    called,
    opening,
    review_in,
    score_of,
    scored_log,
    state_of,
    taken,
)

LATER = NOW + timedelta(days=30)


def step(log: list[Envelope], name: ReviewStep, actor: Actor, *, reason: str = "", late: bool = False) -> Event:
    review = review_in(log)
    at = LATER if late else NOW
    return moved(review, name, actor, at, version=review.version, deadlines=DEADLINES, reason=reason)


def appeal(log: list[Envelope], *points: AppealPoint, actor: Actor = AGENT) -> Event:
    review = review_in(log)
    return appeal_made(
        review, log, actor, NOW, text="客户自己又问起来", points=points, version=review.version, deadlines=DEADLINES
    )


def decision(
    log: list[Envelope], actor: Actor, outcome: AppealOutcome = "rejected", *given: GivenValue, wrong: str = ""
) -> Event:
    review = review_in(log)
    return appeal_decided(
        review,
        judged_in(log),
        actor,
        NOW,
        outcome=outcome,
        reason="听了录音",
        given=given,
        errors=[GivenError(wrong, "silent")] if wrong else [],
        version=review.version,
        deadlines=DEADLINES,
    )


def test_a_review_goes_from_the_queue_to_the_agent_and_ends_when_it_is_accepted() -> None:
    log = scored_log()
    log = after(log, step(log, "accept", AGENT))
    review = review_in(log)
    told = [(one.step, one.before, one.after, one.by_name) for one in review.history]
    assert told == [
        ("opened", None, "queued", "抽样"),
        ("take", "queued", "in_review", "质检小陈"),
        ("score", "in_review", "with_agent", "质检小陈"),
        ("accept", "with_agent", "closed", "坐席李静"),
    ]
    assert (review.version, review.due_at, review.reviewer_id) == (4, None, "u-qa")


def test_an_appeal_goes_to_the_lead_and_from_there_to_the_quality_department() -> None:
    log = scored_log()
    log = after(log, appeal(log, AppealPoint(item_id="pushing", utterance_ids=("customer-1",), start_ms=0, end_ms=900)))
    assert state_of(log) == "with_lead"
    log = after(log, decision(log, LEAD))
    assert state_of(log) == "answered"
    log = after(log, appeal(log))
    assert state_of(log) == "with_quality"
    log = after(log, decision(log, QUALITY, "granted", GivenValue("pushing", 1), wrong="push-after-refusal"))
    review = review_in(log)
    assert (review.state, review.score, review.is_zeroed) == ("closed", 90.0, False)
    first, second = [appeal.decided for appeal in review.appeals]
    assert first
    assert second
    assert (first.level, first.outcome, second.level, second.outcome) == ("lead", "rejected", "quality", "granted")
    assert (second.changes[0].item_id, second.changes[0].before, second.changes[0].after) == ("pushing", 0, 1)
    assert (second.rule_errors[0].was, second.rule_errors[0].expected) == ("breach", "silent")


def test_a_lead_may_pass_an_appeal_on() -> None:
    log = scored_log()
    log = after(log, appeal(log))
    log = after(log, step(log, "pass-on", LEAD))
    assert state_of(log) == "with_quality"
    log = after(log, decision(log, QUALITY))
    review = review_in(log)
    assert (review.state, review.appeals[0].decided is not None) == ("closed", True)


def test_nobody_decides_about_their_own_score() -> None:
    log = taken(after(called(), opening()), LEAD)
    log = after(log, score_of(log, LEAD))
    log = after(log, appeal(log))
    with pytest.raises(PermissionDeniedError) as caught:
        decision(log, LEAD)
    assert caught.value.code == "own-decision"
    assert "decide" not in may(review_in(log), LEAD, NOW)


def test_who_decided_as_lead_does_not_decide_again_for_the_quality_department() -> None:
    both = Actor("u-both", "两级", frozenset({"decide-lead", "decide-quality"}))
    log = scored_log()
    log = after(log, appeal(log))
    log = after(log, decision(log, both))
    log = after(log, appeal(log))
    with pytest.raises(PermissionDeniedError) as caught:
        decision(log, both)
    assert caught.value.code == "own-decision"


def test_only_who_has_a_review_scores_it() -> None:
    log = taken(after(called(), opening()))
    with pytest.raises(PermissionDeniedError):
        score_of(log, OTHER_QA)


def test_two_who_take_the_same_review_do_not_both_have_it() -> None:
    queued = after(called(), opening())
    log = after(queued, step(queued, "take", QA))
    with pytest.raises(InputError) as caught:
        moved(review_in(log), "take", OTHER_QA, NOW, version=1, deadlines=DEADLINES)
    assert caught.value.code == "review-taken"


def test_a_step_on_what_has_changed_meanwhile_is_refused() -> None:
    log = taken(after(called(), opening()))
    with pytest.raises(InputError) as caught:
        moved(review_in(log), "release", QA, NOW, version=1, deadlines=DEADLINES)
    assert caught.value.code == "review-changed"


def test_a_review_is_released_by_who_has_it_or_by_who_assigns_and_keeps_its_deadline() -> None:
    log = taken(after(called(), opening()))
    for actor in (QA, LEAD):
        released = review_in(after(log, step(log, "release", actor)))
        assert (released.state, released.reviewer_id, released.due_at) == ("queued", None, review_in(log).due_at)
    with pytest.raises(PermissionDeniedError):
        step(log, "release", OTHER_QA)


def test_a_withdrawal_has_a_reason() -> None:
    log = after(called(), opening())
    with pytest.raises(InputError) as caught:
        step(log, "withdraw", LEAD)
    assert caught.value.code == "reason-needed"
    assert state_of(after(log, step(log, "withdraw", LEAD, reason="测试电话"))) == "withdrawn"


def test_an_agent_answers_in_time_and_for_their_own_calls_only() -> None:
    log = scored_log()
    somebody_else = Actor("u-agent2", "坐席", frozenset({"answer"}), "1002")
    with pytest.raises(PermissionDeniedError):
        step(log, "accept", somebody_else)
    with pytest.raises(InputError) as caught:
        step(log, "accept", AGENT, late=True)
    assert caught.value.code == "too-late"
    deadline = Actor(DEADLINE, "期限", frozenset())
    with pytest.raises(InputError):
        step(log, "lapse", deadline)
    assert state_of(after(log, step(log, "lapse", deadline, late=True))) == "closed"


def test_a_call_without_an_agent_is_closed_once_it_is_scored() -> None:
    log = [one for one in called() if one.event.type != "call-updated"]
    log[0] = log[0].model_copy(update={"event": log[0].event.model_copy(update={"agent": None})})
    log = taken(after(log, opening()))
    assert score_of(log).after == "closed"


def test_a_calibration_is_sealed_and_neither_released_nor_told() -> None:
    log = after(called(), opening(kind="calibration", reviewer=QA))
    with pytest.raises(InputError) as caught:
        step(log, "release", QA)
    assert caught.value.code == "wrong-state"
    log = after(log, score_of(log))
    review = review_in(log)
    assert (review.state, review.is_told, may(review, AGENT, NOW)) == ("sealed", False, ())


def test_evidence_that_the_call_has_not_is_refused() -> None:
    log = scored_log()
    for point in (
        AppealPoint(flag_id="other"),
        AppealPoint(item_id="other"),
        AppealPoint(utterance_ids=("other",)),
        AppealPoint(start_ms=900, end_ms=100),
        AppealPoint(start_ms=0, end_ms=90_000),
        AppealPoint(start_ms=5),
    ):
        with pytest.raises(InputError) as caught:
            appeal(log, point)
        assert caught.value.code == "unknown-evidence"


def test_who_grants_an_appeal_changes_something_and_who_rejects_it_nothing() -> None:
    log = scored_log()
    log = after(log, appeal(log))
    for outcome, given in (("granted", ()), ("partly", ()), ("rejected", (GivenValue("pushing", 1),))):
        with pytest.raises(InputError) as caught:
            decision(log, LEAD, outcome, *given)  # pyright: ignore[reportArgumentType] -- a tuple of literals
        assert caught.value.code == "bad-scores"


def test_a_note_is_written_on_what_was_told_and_acknowledged_by_its_agent_once() -> None:
    log = scored_log()
    review = review_in(log)
    noted = coaching_noted(
        review, QA, NOW, text="先安抚", item_ids=["pushing"], version=review.version, deadlines=DEADLINES
    )
    log = after(log, noted)
    assert "acknowledge" in may(review_in(log), AGENT, NOW)
    acknowledged = coaching_acknowledged(review_in(log), noted.note_id, AGENT, NOW)
    assert acknowledged is not None
    log = after(log, acknowledged)
    assert review_in(log).coaching[0].acknowledged_at == NOW
    assert coaching_acknowledged(review_in(log), noted.note_id, AGENT, NOW) is None
    queued = reviews_in(after(called(), opening()))["r-1"]
    with pytest.raises(InputError):
        coaching_noted(queued, QA, NOW, text="先安抚", item_ids=[], version=1, deadlines=DEADLINES)


def test_every_state_but_those_that_are_over_has_a_way_out() -> None:
    ways = {one.before for one in TRANSITIONS}
    reached = {one.after for one in TRANSITIONS} | {"queued"}
    assert reached - ways == {"closed", "withdrawn"}
    assert ways <= reached
