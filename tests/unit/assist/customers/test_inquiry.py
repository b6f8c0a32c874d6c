"""Asking who is calling: once for each customer, again after failures, never too late, never in anybody's way."""

from __future__ import annotations

import asyncio
from typing import Any

from assist.customers.inquiry import CustomerInquiry, InquiryLimits
from assist.errors import CustomersError
from assist.inquiry import Inquiry
from assist.messages import CustomerLookedUp
from assist.ports import CustomerDirectory, CustomerRecord
from tests.support.inquiries import Heard, Steps, heard_in_call, wanting

SLOW = CustomersError("slow", code="customers-slow")
DOWN = CustomersError("down", code="customers-unavailable")


class Answering:
    """Gives one answer after the other, each after a second; the last one for ever."""

    def __init__(self, *answers: Exception | None) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def look_up(self, customer_id: str) -> CustomerRecord:
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(customer_id)
        await asyncio.sleep(1)
        if answer is not None:
            raise answer
        return CustomerRecord("fake@1", is_known=True, name=f"客户{customer_id}")


def inquire(directory: CustomerDirectory | None, steps: Steps, wanted: str | None = None) -> Heard[CustomerLookedUp]:
    """What a call is told in which this happens; ``wanted``: who is, before the inquiry runs."""
    heard = Heard[CustomerLookedUp]("customers")

    def inquiry() -> CustomerInquiry:
        asking = CustomerInquiry(
            directory,
            tell=heard.answers.append,
            degrade=heard.degrade,
            position_ms=lambda: 700,
            limits=InquiryLimits(pauses_s=(2.0, 5.0)),
        )
        if wanted is not None:
            asking.want(wanted)
        return asking

    return heard_in_call(heard, inquiry, steps)


def test_the_answer_says_whose_it_is_where_it_is_from_and_how_long_it_took() -> None:
    async def steps(inquiry: Inquiry[Any]) -> None:
        inquiry.want("1")
        await asyncio.sleep(10)
        inquiry.want("1")
        await asyncio.sleep(10)

    directory = Answering(None)
    heard = inquire(directory, steps)
    assert heard.answers == [
        CustomerLookedUp(at_ms=700, customer_id="1", is_known=True, name="客户1", source="fake@1", took_ms=1_000)
    ]
    assert (directory.asked, heard.degraded) == (["1"], [])


def test_who_is_wanted_before_the_call_runs_is_looked_up_too() -> None:
    heard = inquire(Answering(None), wanting(wait_s=10), wanted="1")
    assert [answer.customer_id for answer in heard.answers] == ["1"]


def test_only_the_newest_customer_counts() -> None:
    async def steps(inquiry: Inquiry[Any]) -> None:
        inquiry.want("1")
        await asyncio.sleep(0.5)
        inquiry.want("2")
        await asyncio.sleep(10)
        inquiry.want("1")
        await asyncio.sleep(10)

    directory = Answering(None)
    assert [answer.customer_id for answer in inquire(directory, steps).answers] == ["2", "1"]
    assert directory.asked == ["1", "2", "1"]


def test_a_failure_is_told_once_tried_again_and_taken_back() -> None:
    heard = inquire(Answering(SLOW, SLOW, None), wanting("1", wait_s=20))
    assert heard.degraded == [("customers-slow", False), ("customers-slow", True)]
    assert len(heard.answers) == 1


def test_another_failure_takes_the_place_of_the_first() -> None:
    directory = Answering(SLOW, DOWN)
    heard = inquire(directory, wanting("1"))
    assert heard.degraded == [("customers-slow", False), ("customers-slow", True), ("customers-unavailable", False)]
    assert len(directory.asked) == 3


def test_the_next_customer_is_asked_for_although_the_directory_failed() -> None:
    async def steps(inquiry: Inquiry[Any]) -> None:
        inquiry.want("1")
        await asyncio.sleep(1.5)
        inquiry.want("2")
        await asyncio.sleep(10)

    heard = inquire(Answering(DOWN, None), steps)
    assert [answer.customer_id for answer in heard.answers] == ["2"]
    assert heard.degraded == [("customers-unavailable", False), ("customers-unavailable", True)]


def test_a_directory_with_a_bug_costs_its_answer_and_nothing_else() -> None:
    assert inquire(Answering(RuntimeError("bug")), wanting("1")).degraded == [("customers-failed", False)]


def test_the_call_does_not_wait_for_an_answer_when_it_ends() -> None:
    class Silent:
        async def look_up(self, customer_id: str) -> CustomerRecord:
            await asyncio.Event().wait()
            raise AssertionError

    assert inquire(Silent(), wanting("1", wait_s=1)).answers == []


def test_without_a_directory_nothing_is_asked() -> None:
    heard = inquire(None, wanting("1", wait_s=1))
    assert (heard.answers, heard.degraded) == ([], [])
