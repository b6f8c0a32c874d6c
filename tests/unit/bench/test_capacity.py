"""The search for the highest number of calls, and what the command line makes of levels."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError
from bench.capacity import CapacityPlan, search_highest
from bench.load import STAGGER_S, steady_plan
from gateway.cli.bench.capacity import read_levels


def search(highest: int, first: int, limit: int) -> tuple[int, list[int]]:
    """The answer, and what was tried."""
    tried: list[int] = []

    async def is_carried(calls: int) -> bool:
        tried.append(calls)
        return calls <= highest

    return asyncio.run(search_highest(is_carried, first=first, limit=limit)), tried


@given(highest=st.integers(0, 100), first=st.integers(1, 64), limit=st.integers(1, 64))
def test_highest_number_is_found_and_none_is_tried_twice(highest: int, first: int, limit: int) -> None:
    found, tried = search(highest, first, limit)
    assert found == min(highest, limit)
    assert len(set(tried)) == len(tried)
    assert len(tried) <= 14


def test_search_doubles_and_then_bisects() -> None:
    assert search(11, 4, 256) == (11, [4, 8, 16, 12, 10, 11])
    assert search(1, 4, 256) == (1, [4, 2, 1])
    assert search(0, 4, 256) == (0, [4, 2, 1])


def test_calls_start_one_after_the_other_and_end_together() -> None:
    plan = steady_plan(3, seconds=60)
    assert [call.starts_s for call in plan] == pytest.approx([0, STAGGER_S, 2 * STAGGER_S])
    assert {round(call.ends_s, 6) for call in plan} == {round(60 + 2 * STAGGER_S, 6)}


def test_levels_are_read_from_the_command_line() -> None:
    assert read_levels("4,8, 10") == (4, 8, 10)
    for text in ("", "4,", "x", "0", "4,-1"):
        with pytest.raises(InputError) as raised:
            read_levels(text)
        assert raised.value.code == "bad-calls"


def test_admission_is_only_switched_off_when_told() -> None:
    assert CapacityPlan((4,)).server_settings == {}
    assert "LIVECUE_LIMITS__FINAL_WAIT_S" in CapacityPlan((4,), admits_all=True).server_settings
