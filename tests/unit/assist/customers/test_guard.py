"""A directory is given so much time, and left alone for a while once it keeps failing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.customers.breaker import Breaker
from assist.customers.cache import RecordCache
from assist.customers.guard import Guarded, GuardLimits
from assist.errors import CustomersError
from assist.ports import CustomerRecord
from tests.support.virtual_time import Transit, run_in_virtual_time

RECORD = CustomerRecord("fake@1", is_known=False)


class Late:
    """Answers after so many seconds; 0 fails at once."""

    def __init__(self, *after_s: float) -> None:
        self.after_s = list(after_s)

    async def look_up(self, customer_id: str) -> CustomerRecord:
        after_s = self.after_s.pop(0)
        if not after_s:
            raise CustomersError("down")
        await asyncio.sleep(after_s)
        return RECORD


def codes(directory: Late, asked_at_s: list[float], limits: GuardLimits) -> list[str]:
    """What becomes of questions asked at these seconds."""

    async def main(_: Transit) -> list[str]:
        guarded, clock, told = Guarded(directory, limits), asyncio.get_running_loop(), list[str]()
        for at_s in asked_at_s:
            await asyncio.sleep(at_s - clock.time())
            try:
                await guarded.look_up("1")
            except CustomersError as error:
                told.append(error.code)
            else:
                told.append("ok")
        return told

    return run_in_virtual_time(main)


def test_an_answer_in_time_is_given_and_a_late_one_is_not() -> None:
    assert codes(Late(1.9, 2.1), [0, 10], GuardLimits(timeout_s=2)) == ["ok", "customers-slow"]


def test_after_failures_in_a_row_it_is_left_alone_and_then_tried_once() -> None:
    limits = GuardLimits(failures=2, pause_s=10)
    asked_at_s = [0.0, 1.0, 2.0, 10.0, 11.0, 20.0, 21.0, 24.0]
    down, paused = "customers-unavailable", "customers-paused"
    told = codes(Late(0, 0, 0, 1, 1), asked_at_s, limits)
    assert told == [down, down, paused, paused, down, paused, "ok", "ok"]


def test_a_success_between_failures_starts_the_count_anew() -> None:
    assert codes(Late(0, 1, 0, 1), [0, 1, 5, 6], GuardLimits(failures=2))[-1] == "ok"


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=60))
def test_while_it_is_open_one_attempt_goes_through_each_pause(steps: list[tuple[float, bool]]) -> None:
    breaker, now_s, failed, last_s = Breaker(failures=3, pause_s=10), 0.0, 0, 0.0
    for wait_s, works in steps:
        now_s += wait_s
        if not breaker.admits(now_s):
            assert failed >= 3
            assert now_s < last_s + 10
            continue
        assert failed < 3 or now_s >= last_s + 10
        last_s, failed = now_s, 0 if works else failed + 1
        if works:
            breaker.succeeded()
        else:
            breaker.failed(now_s)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Breaker(failures=0),
        lambda: Breaker(pause_s=0),
        lambda: RecordCache(keep_s=-1),
        lambda: RecordCache(limit=0),
    ],
)
def test_bounds_without_sense_are_refused(made: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        made()


def test_an_answer_is_kept_for_its_time_and_the_oldest_go_first() -> None:
    cache = RecordCache(keep_s=60, limit=2)
    for at_s, customer_id in enumerate(("1", "2", "1", "3")):
        cache.put(customer_id, RECORD, at_s)
    assert [cache.get(customer_id, 10) is RECORD for customer_id in ("1", "2", "3")] == [True, False, True]
    assert cache.get("1", 61.9) is RECORD
    assert cache.get("1", 62) is None
