"""Which calls of the past a source may still ask about."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.ended import EndedCall, EndedCalls
from assist.messages import CallClosed


def call(call_id: str) -> EndedCall:
    loop = asyncio.new_event_loop()
    try:
        outcome: asyncio.Future[CallClosed] = loop.create_future()
    finally:
        loop.close()
    return EndedCall(call_id, "token", 3, outcome)


def test_call_is_forgotten_when_its_time_is_over() -> None:
    calls = EndedCalls(keep_s=30, limit=5)
    ended = call("c1")
    calls.remember(ended, 100.0)
    assert calls.find("c1", 129.9) is ended
    assert calls.find("c1", 130.0) is None


def test_later_call_with_the_same_id_takes_the_place() -> None:
    calls = EndedCalls(keep_s=30, limit=5)
    calls.remember(call("c1"), 0.0)
    later = call("c1")
    calls.remember(later, 20.0)
    assert calls.find("c1", 40.0) is later


@pytest.mark.parametrize("bounds", [(-1.0, 1), (1.0, -1)])
def test_bounds_are_checked(bounds: tuple[float, int]) -> None:
    with pytest.raises(ValueError):
        EndedCalls(keep_s=bounds[0], limit=bounds[1])


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 10)), max_size=30),
    st.floats(0, 30),
    st.integers(0, 4),
)
def test_only_the_last_few_of_the_last_while_are_found(
    history: list[tuple[str, float]], keep_s: float, limit: int
) -> None:
    calls, now_s, ended_s = EndedCalls(keep_s=keep_s, limit=limit), 0.0, dict[str, float]()
    for call_id, step_s in history:
        now_s += step_s
        calls.remember(call(call_id), now_s)
        ended_s.pop(call_id, None)
        ended_s[call_id] = now_s
    recent = list(ended_s)[-limit:] if limit else []
    for call_id in "abcdef":
        is_kept = call_id in recent and now_s - ended_s[call_id] < keep_s
        assert (calls.find(call_id, now_s) is not None) == is_kept
