"""What the stores of reviews and draws must do, beside the CallStore of the same database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import date, timedelta

import pytest

from assist.errors import InputError
from assist.messages import CoachingNoted, Envelope
from assist.ports import CallQuery
from assist.quality.draw import Plan
from assist.quality.judging import GivenError, appeal_decided, judged_in
from assist.quality.scoring import GivenValue
from assist.scope import CallScope
from assist.stores import Stores, open_stores
from assist.stores.reviews import ReviewQuery
from tests.support.archived_calls import archived_log, flagged, said
from tests.support.past_calls import NOW
from tests.support.reviews import (
    DEADLINES,
    LEAD,
    QA,
    after,
    called,
    opening,
    review_in,
    scored_log,
)
from tests.unit.assist.quality.test_steps import appeal

DAY = date(2026, 3, 8)
SINCE, UNTIL = NOW - timedelta(days=2), NOW
BOOKS = {"telecom", ""}
PLAN = Plan(risk_calls=1, random_calls=1, seed="s")


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def put(stores: Stores, *logs: Sequence[Envelope]) -> None:
    for log in logs:
        await stores.calls.append(log)


def reviewed(call_id: str, review_id: str, *, agent_id: str = "1001", inclusion: float | None = None) -> list[Envelope]:
    return after(called(call_id, agent_id=agent_id), opening(review_id, inclusion=inclusion))


async def test_a_review_is_there_with_its_event_and_changes_with_the_next(stores: Stores) -> None:
    log = scored_log()
    await put(stores, log[:-1])
    first = await stores.reviews.review("r-1")
    await put(stores, log[-1:])
    second = await stores.reviews.review("r-1")
    assert first
    assert second
    assert (first.state, first.version, second.state, second.version) == ("in_review", 2, "with_agent", 3)
    assert second == review_in(log)
    assert await stores.reviews.review("other") is None


async def test_reviews_are_listed_by_what_is_asked_for(stores: Stores) -> None:
    scored = scored_log()
    await put(stores, scored, reviewed("c2", "r-2", agent_id="1002", inclusion=0.5), reviewed("c3", "r-3"))

    async def ids(query: ReviewQuery) -> list[str]:
        listed = [review.review_id for review in await stores.reviews.reviews(query)]
        assert await stores.reviews.count(query) == len(listed)
        return listed

    assert await ids(ReviewQuery(states=["queued"])) == ["r-2", "r-3"]
    assert await ids(ReviewQuery(origin="random")) == ["r-2"]
    assert await ids(ReviewQuery(reviewer_id=QA.user_id)) == ["r-1"]
    assert await ids(ReviewQuery(has_reviewer=False)) == ["r-2", "r-3"]
    assert await ids(ReviewQuery(agent_id="1001", told=True)) == ["r-1"]
    assert await ids(ReviewQuery(call_id="c3")) == ["r-3"]
    assert await ids(ReviewQuery(overdue_at=NOW + timedelta(days=4))) == ["r-1", "r-2", "r-3"]
    assert await ids(ReviewQuery(overdue_at=NOW)) == []
    assert await ids(ReviewQuery(scope=CallScope(frozenset({"1002"})))) == ["r-2"]
    assert await ids(ReviewQuery(scope=CallScope(frozenset({"1002"}), QA.user_id))) == ["r-1", "r-2"]
    assert await ids(ReviewQuery(scope=CallScope(frozenset(), "u-other"))) == []
    assert await stores.reviews.is_assigned("c1", QA.user_id)
    assert not await stores.reviews.is_assigned("c2", QA.user_id)
    seen = await stores.calls.calls(CallQuery(scope=CallScope(frozenset(), QA.user_id)))
    assert [call.call_id for call in seen] == ["c1"]
    assert [one.review_id for one in await stores.reviews.reviews(ReviewQuery(limit=1, offset=1))] == ["r-2"]
    assert len(await stores.reviews.lapsed(NOW + timedelta(days=4))) == 1
    assert await stores.reviews.lapsed(NOW) == []


async def test_notes_that_wait_are_found_until_they_are_acknowledged(stores: Stores) -> None:
    log = scored_log()
    note = CoachingNoted(review_id="r-1", note_id="n", text="先安抚", due_at=NOW, by=QA.user_id, by_name=QA.name)
    await put(stores, after(log, note))
    (found,) = await stores.reviews.reviews(ReviewQuery(waits_for_coaching=True))
    assert found.coaching[0].noted == note


async def test_a_decision_moves_a_rules_precision_and_leaves_a_case(stores: Stores) -> None:
    log = scored_log()
    await put(stores, log)
    before = await stores.reviews.precisions("telecom")
    log = after(log, appeal(log))
    review = review_in(log)
    decided = appeal_decided(
        review,
        judged_in(log),
        LEAD,
        NOW,
        outcome="granted",
        reason="客户自己又问",
        given=[GivenValue("pushing", 1)],
        errors=[GivenError("push-after-refusal", "silent")],
        version=review.version,
        deadlines=DEADLINES,
    )
    log = after(log, decided)
    await put(stores, log[-2:])
    precisions = await stores.reviews.precisions("telecom")
    assert (before["push-after-refusal"].precision, precisions["push-after-refusal"].precision) == (1.0, 0.0)
    assert "missing-greeting" not in precisions
    (case,) = await stores.reviews.cases(playbook="telecom", rule_id="push-after-refusal")
    assert (case.call_id, case.expected, case.rule_id) == ("c1", "silent", "push-after-refusal")
    assert await stores.reviews.cases(rule_id="other") == []
    assert await stores.reviews.cases(scope=CallScope(frozenset({"1002"}))) == []
    assert await stores.reviews.precisions("telecom", since=NOW) == {}


async def test_everything_can_be_made_anew_from_the_logs(stores: Stores) -> None:
    log = scored_log()
    await put(stores, log)
    await stores.reviews.rebuild(["c1", "unknown"])
    assert await stores.reviews.review("r-1") == review_in(log)
    assert (await stores.draws.risk("c1")) is not None


async def test_a_draw_takes_the_riskiest_and_a_lot_of_the_rest_once(stores: Stores) -> None:
    calm = [archived_log(f"c{number}", *said(("agent", "您好"))) for number in range(4)]
    others = archived_log("nobody-spoke"), called("open")[:-1], called("old", hours_ago=90)
    await put(stores, *calm, called("risky"), *others)
    made = await stores.draws.draw("d-1", DAY, SINCE, UNTIL, PLAN, playbooks=BOOKS, by="u-lead", at=NOW)
    assert (made.calls, made.risk_calls, made.random_calls, made.inclusion) == (5, 1, 1, 0.25)
    waiting = await stores.draws.waiting()
    assert [(one.call_id, one.is_for_risk, one.inclusion) for one in waiting[:1]] == [("risky", True, 1.0)]
    assert waiting[0].reasons[0].label == "push-after-refusal"
    assert (waiting[1].is_for_risk, waiting[1].inclusion) == (False, 0.25)
    await stores.draws.opened([waiting[0].call_id])
    assert [one.call_id for one in await stores.draws.waiting()] == [waiting[1].call_id]
    with pytest.raises(InputError) as caught:
        await stores.draws.draw("d-2", DAY, SINCE, UNTIL, PLAN, playbooks=BOOKS, by="u-lead", at=NOW)
    assert caught.value.code == "day-drawn"
    assert [one.draw_id for one in await stores.draws.draws()] == ["d-1"]
    assert (await stores.draws.draws())[0] == made


async def test_a_day_is_drawn_from_where_the_last_draw_of_it_ended(stores: Stores) -> None:
    await put(stores, called("early", hours_ago=40), called("late", hours_ago=10))
    between = NOW - timedelta(hours=20)
    await stores.draws.draw("d-1", DAY, SINCE, between, PLAN, playbooks=BOOKS, by="draw", at=NOW)
    second = await stores.draws.draw("d-2", DAY, SINCE, UNTIL, PLAN, playbooks=BOOKS, by="draw", at=NOW)
    assert (second.since, second.calls) == (between, 1)
    assert sorted(one.call_id for one in await stores.draws.waiting()) == ["early", "late"]


async def test_several_services_draw_a_day_once(stores: Stores, store_url: str) -> None:
    await put(stores, called("c1"))
    async with open_stores(store_url) as other:
        results = await asyncio.gather(
            *(
                one.draws.draw(f"d-{place}", DAY, SINCE, UNTIL, PLAN, playbooks=BOOKS, by="draw", at=NOW)
                for place, one in enumerate((stores, other))
            ),
            return_exceptions=True,
        )
    assert sorted(type(one).__name__ for one in results) == ["Draw", "InputError"]


async def test_reviews_cases_and_draws_go_with_their_call(stores: Stores) -> None:
    log = scored_log()
    await put(stores, log, archived_log("c2", flagged("a")))
    await stores.draws.draw("d-1", DAY, SINCE, UNTIL, PLAN, playbooks=BOOKS, by="draw", at=NOW)
    held = await stores.records.hold("call", "c1", reason="诉讼", by="u")
    with pytest.raises(InputError) as caught:
        await stores.records.erase("call", "c1", reason="请求", by="u")
    assert caught.value.code == "legal-hold"
    assert await stores.reviews.review("r-1") is not None
    await stores.records.release(held.hold_id, by="u")
    removed = await stores.records.erase("call", "c1", reason="请求", by="u")
    assert {"reviews", "flag_rulings", "drawn_calls", "call_risks"} <= set(removed.things)
    assert await stores.reviews.review("r-1") is None
    assert await stores.reviews.precisions("telecom") == {}
    assert [one.call_id for one in await stores.draws.waiting()] == []
    assert (await stores.draws.draws())[0].risk_calls == 1


async def test_one_at_a_time_adds_to_a_closed_log_also_from_several_services(postgresql_url: str) -> None:
    entered = asyncio.Event()
    order: list[str] = []
    async with open_stores(postgresql_url) as stores, open_stores(postgresql_url) as other:

        async def second() -> None:
            await entered.wait()
            async with other.log_turns.turn("c1"):
                order.append("second")

        async with asyncio.TaskGroup() as group:
            group.create_task(second())
            async with stores.log_turns.turn("c1"):
                entered.set()
                async with other.log_turns.turn("c2"):
                    order.append("another call")
                order.append("first")
    assert order == ["another call", "first", "second"]
