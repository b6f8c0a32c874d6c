"""So many a pass of the loop, in order, and nobody waits who is alone."""

from __future__ import annotations

import asyncio

import pytest

from assist.turns import Turns


async def test_so_many_begin_in_a_pass_and_the_others_follow_in_order() -> None:
    turns, done = Turns(3), list[int]()

    async def work(number: int) -> None:
        await turns.take()
        done.append(number)

    tasks = [asyncio.create_task(work(number)) for number in range(8)]
    passes: list[list[int]] = []
    while len(done) < 8:
        before = len(done)
        await asyncio.sleep(0)
        passes.append(done[before:])
    assert passes == [[0, 1, 2], [], [3, 4, 5], [6, 7]]  # one pass hands the turns out
    await asyncio.gather(*tasks)


async def test_one_after_the_other_does_not_wait() -> None:
    turns = Turns(1)
    other = asyncio.create_task(asyncio.sleep(0))
    await turns.take()
    assert not other.done()
    await other
    await turns.take()


async def test_whoever_gives_up_takes_no_turn() -> None:
    turns = Turns(1)
    waiting = asyncio.create_task(turns.take())
    await turns.take()
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    await asyncio.wait_for(turns.take(), 1.0)


async def test_who_comes_later_does_not_overtake_those_who_wait() -> None:
    turns, done = Turns(1), list[int]()

    async def work(number: int) -> None:
        await turns.take()
        done.append(number)

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(work(3)))
    await asyncio.gather(*tasks)
    assert done == [0, 1, 2, 3]


async def test_nobody_begins_behind_those_who_wait_and_all_of_them_do_in_order_once_nobody_does() -> None:
    first = Turns(2)
    behind, done = Turns(1, behind=first), list[str]()

    async def work(turns: Turns, name: str) -> None:
        await turns.take()
        done.append(name)

    tasks = [asyncio.create_task(work(first, f"first {number}")) for number in range(5)]
    tasks += [asyncio.create_task(work(behind, f"behind {number}")) for number in range(3)]
    await asyncio.gather(*tasks[:5])
    tasks.append(asyncio.create_task(work(behind, "behind 3")))
    await asyncio.gather(*tasks)
    assert done == [f"first {number}" for number in range(5)] + [f"behind {number}" for number in range(4)]


async def test_nobody_is_held_back_by_who_gave_up() -> None:
    first = Turns(1)
    behind = Turns(1, behind=first)
    gone = asyncio.create_task(first.take())
    await first.take()
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await asyncio.wait_for(behind.take(), 1.0)


def test_nobody_ever_is_no_pace() -> None:
    with pytest.raises(ValueError, match="per_pass"):
        Turns(0)
