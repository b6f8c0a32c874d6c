"""Asking for a customer's earlier calls: beside the call, again after failures, never too late."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from assist.errors import StoreError
from assist.history.inquiry import HistoryInquiry, HistoryLimits
from assist.messages import CustomerHistory
from assist.ports import CallHistory, CallRecord
from tests.support.inquiries import Heard, Steps, heard_in_call, wanting
from tests.support.past_calls import NOW, record

DOWN = StoreError("down")


class Remembering:
    """Gives one answer after the other, each after so many seconds; the last one for ever."""

    def __init__(self, *answers: Exception | None, takes_s: float = 1.0) -> None:
        self._answers = answers
        self._takes_s = takes_s
        self.asked: list[tuple[str, datetime]] = []

    async def calls_of(
        self, customer_id: str, *, since: datetime, before: datetime, limit: int
    ) -> Sequence[CallRecord]:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append((customer_id, before))
        await asyncio.sleep(self._takes_s)
        if answer is not None:
            raise answer
        return (record(f"of-{customer_id}", hours_ago=3),)

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        raise NotImplementedError


def inquire(history: CallHistory | None, steps: Steps) -> Heard[CustomerHistory]:
    """What a call is told in which this happens."""
    heard = Heard[CustomerHistory]("history")

    def inquiry() -> HistoryInquiry:
        return HistoryInquiry(
            history,
            opened_at=NOW,
            tell=heard.answers.append,
            degrade=heard.degrade,
            position_ms=lambda: 700,
            limits=HistoryLimits(timeout_s=3, pauses_s=(2.0, 5.0)),
        )

    return heard_in_call(heard, inquiry, steps)


def test_what_was_before_the_opening_is_told_with_how_long_it_took() -> None:
    history = Remembering(None)
    heard = inquire(history, wanting("1", "1"))
    (answer,) = heard.answers
    assert (answer.customer_id, answer.at_ms, answer.took_ms, answer.calls_7d) == ("1", 700, 1_000, 1)
    assert history.asked == [("1", NOW)]
    assert heard.degraded == []


def test_the_newest_customer_counts() -> None:
    heard = inquire(Remembering(None), wanting("1", "2"))
    assert [answer.customer_id for answer in heard.answers] == ["2"]


def test_a_failing_store_is_told_once_and_asked_again() -> None:
    heard = inquire(Remembering(DOWN, DOWN, None), wanting("1"))
    assert heard.degraded == [("store-unavailable", False), ("store-unavailable", True)]
    assert len(heard.answers) == 1


def test_it_is_given_up_after_the_last_attempt() -> None:
    history = Remembering(DOWN)
    heard = inquire(history, wanting("1"))
    assert len(history.asked) == 3
    assert heard.answers == []
    assert heard.degraded == [("store-unavailable", False)]


def test_an_answer_that_takes_too_long_is_a_failure_with_a_code_of_its_own() -> None:
    assert inquire(Remembering(None, takes_s=4), wanting("1")).degraded == [("history-slow", False)]


def test_a_record_that_cannot_be_understood_costs_the_history_alone() -> None:
    assert inquire(Remembering(ValueError("odd")), wanting("1")).degraded == [("history-failed", False)]


def test_nothing_is_told_after_the_call() -> None:
    assert inquire(Remembering(None), wanting("1", wait_s=0.5)).answers == []


def test_without_a_history_nothing_is_asked() -> None:
    heard = inquire(None, wanting("1"))
    assert (heard.answers, heard.degraded) == ([], [])
