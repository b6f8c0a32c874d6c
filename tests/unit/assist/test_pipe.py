"""Bounded channels: nothing is lost, nothing is invented, closing is data."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.pipe import Latest, Pipe, PipeClosedError


@given(items=st.lists(st.integers(1, 9), max_size=30), limit=st.integers(1, 12))
def test_pipe_delivers_everything_in_order_whatever_the_bound(items: list[int], limit: int) -> None:
    async def scenario() -> list[int]:
        pipe: Pipe[int] = Pipe(limit, weigh=lambda item: item)
        received: list[int] = []

        async def send() -> None:
            for item in items:
                await pipe.send(item)
                assert pipe.weight <= max(limit, item)
            pipe.close()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            received.extend([item async for item in pipe])
        return received

    assert asyncio.run(scenario()) == items


async def test_closed_pipe_delivers_what_waits_then_ends() -> None:
    pipe: Pipe[str] = Pipe(3)
    assert pipe.send_now("a")
    pipe.close()
    assert await pipe.receive() == "a"
    assert await pipe.receive() is None


async def test_sending_into_a_closed_pipe_is_refused() -> None:
    pipe: Pipe[str] = Pipe(1)
    pipe.close()
    with pytest.raises(PipeClosedError):
        pipe.send_now("late")


async def test_full_pipe_refuses_until_the_oldest_is_dropped() -> None:
    pipe: Pipe[int] = Pipe(1)
    assert pipe.send_now(1)
    assert not pipe.send_now(2)
    assert pipe.drop_oldest() == 1
    assert pipe.send_now(2)


async def test_latest_keeps_only_the_newest_and_counts_the_rest() -> None:
    latest: Latest[int] = Latest()
    for number in range(5):
        latest.put(number)
    assert await latest.receive() == 4
    assert latest.superseded == 4
    latest.close()
    assert await latest.receive() is None
