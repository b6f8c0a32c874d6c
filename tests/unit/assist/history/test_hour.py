"""What the hour before a call was for its agent, and asking for it beside the call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from assist.errors import StoreError
from assist.history.agent import HourInquiry, HourLimits
from assist.history.hour import hour_of
from assist.messages import AgentHour
from assist.ports import CallList, CallQuery, CallSummary
from tests.support.agents_calls import had
from tests.support.inquiries import Heard, Steps, heard_in_call, wanting
from tests.support.past_calls import NOW

DOWN = StoreError("down")


def the_hour(*calls: CallSummary) -> tuple[int, int, float]:
    """How many calls and prompts, and the minutes in calls."""
    hour = hour_of("1001", calls, call_id="now", opened_at=NOW, at_ms=40, took_ms=7)
    assert (hour.agent_id, hour.at_ms, hour.took_ms) == ("1001", 40, 7)
    return hour.calls, hour.prompts, hour.talk_ms / 60_000


def test_calls_prompts_and_time_of_the_hour_are_counted() -> None:
    assert the_hour(had("a", min_ago=10), had("b", min_ago=40, lasted_min=5, prompts=2)) == (2, 6, 8)


def test_an_agent_without_calls_had_a_free_hour() -> None:
    assert the_hour() == (0, 0, 0)


def test_of_a_call_that_began_earlier_the_time_within_the_hour_counts() -> None:
    assert the_hour(had("long", min_ago=90, lasted_min=40)) == (1, 4, 10)
    assert the_hour(had("before", min_ago=90, lasted_min=30)) == (0, 0, 0)


def test_a_call_that_goes_on_counts_and_this_one_does_not() -> None:
    assert the_hour(had("beside", min_ago=5, lasted_min=5, closed_at=None), had("now", min_ago=0)) == (1, 4, 5)


def test_a_call_that_a_crash_left_open_does_not_go_on_for_ever() -> None:
    assert the_hour(had("broken", min_ago=200, lasted_min=2, closed_at=None)) == (0, 0, 0)


def test_nobody_was_served_in_practice_and_in_recordings_that_were_taken_in() -> None:
    fast = had("fast", min_ago=20, closed_at=NOW - timedelta(minutes=19))
    others = (had(source, min_ago=9, source=source) for source in ("file", "softphone/1"))
    assert the_hour(fast, *others) == (0, 0, 0)


class Stored:
    """Gives one answer after the other, each after so many seconds; the last one for ever."""

    def __init__(self, *answers: Exception | None, takes_s: float = 0.5) -> None:
        self._answers = answers
        self._takes_s = takes_s
        self.asked: list[CallQuery] = []

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(query)
        await asyncio.sleep(self._takes_s)
        if answer is not None:
            raise answer
        return [had("a", min_ago=10)]


def inquire(calls: CallList | None, steps: Steps) -> Heard[AgentHour]:
    """What a call is told in which this happens."""
    heard = Heard[AgentHour]("agent-hour")

    def inquiry() -> HourInquiry:
        return HourInquiry(
            calls,
            call_id="now",
            opened_at=NOW,
            tell=heard.answers.append,
            degrade=heard.degrade,
            position_ms=lambda: 700,
            limits=HourLimits(timeout_s=2, pauses_s=(5.0,)),
        )

    return heard_in_call(heard, inquiry, steps)


def test_it_is_looked_up_once_within_bounds_and_told_with_how_long_it_took() -> None:
    stored = Stored(None)
    heard = inquire(stored, wanting("1001", "1001"))
    assert heard.answers == [
        AgentHour(at_ms=700, agent_id="1001", calls=1, prompts=4, talk_ms=180_000, took_ms=500),
    ]
    (query,) = stored.asked
    assert (query.agent_id, query.before, query.limit) == ("1001", NOW, 200)
    assert query.since == NOW - timedelta(hours=5)
    assert heard.degraded == []


def test_the_newest_agent_counts() -> None:
    assert [one.agent_id for one in inquire(Stored(None), wanting("1001", "1002")).answers] == ["1002"]


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (Stored(DOWN), "store-unavailable"),
        (Stored(None, takes_s=3), "hour-slow"),
        (Stored(ValueError("odd")), "hour-failed"),
    ],
)
def test_what_fails_is_told_once_and_given_up_after_the_second_attempt(stored: Stored, code: str) -> None:
    heard = inquire(stored, wanting("1001"))
    assert (heard.answers, heard.degraded, len(stored.asked)) == ([], [(code, False)], 2)


def test_a_store_that_is_back_tells_it_after_all() -> None:
    heard = inquire(Stored(DOWN, None), wanting("1001"))
    assert len(heard.answers) == 1
    assert heard.degraded == [("store-unavailable", False), ("store-unavailable", True)]


def test_nothing_is_asked_where_nobody_sits_in_the_call() -> None:
    heard = inquire(None, wanting("1001"))
    assert (heard.answers, heard.degraded) == ([], [])
