"""Bounded channels: nothing is lost, nothing is invented, closing is data."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.pipe import Pipe, PipeClosedError


@given(items=st.lists(st.integers(), max_size=30), limit=st.integers(1, 5))
def test_pipe_delivers_everything_in_order_whatever_the_bound(items: list[int], limit: int) -> None:
    async def scenario() -> list[int]:
        pipe: Pipe[int] = Pipe(limit)
        received: list[int] = []

        async def send() -> None:
            for item in items:
                await pipe.send(item)
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


async def test_full_pipe_has_room_again_once_something_was_taken() -> None:
    pipe: Pipe[int] = Pipe(1)
    assert pipe.send_now(1)
    assert not pipe.send_now(2)
    assert await pipe.receive() == 1
    assert pipe.send_now(2)
