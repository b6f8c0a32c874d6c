"""Who looks something up while others do shares a reading that begins after all of them have asked."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from assist.errors import StoreError
from assist.stores.together import Together


class Shelf:
    """Readings that end when they are told to."""

    def __init__(self) -> None:
        self.content = {"a": 1, "b": 2}
        self.readings: list[set[str]] = []
        self.goes_on = asyncio.Event()
        self.is_broken = False

    async def read(self, keys: Collection[str]) -> Mapping[str, int]:
        self.readings.append(set(keys))
        await self.goes_on.wait()
        if self.is_broken:
            raise StoreError("The shelf is away.", code="store-unavailable")
        return {key: self.content[key] for key in keys if key in self.content}


async def asked(together: Together[str, int], *keys: str) -> list[asyncio.Task[int | None]]:
    tasks = [asyncio.create_task(together.find(key)) for key in keys]
    await asyncio.sleep(0)
    return tasks


async def test_whoever_comes_during_a_reading_shares_the_next() -> None:
    shelf = Shelf()
    together = Together(shelf.read)
    first = await asked(together, "a")
    others = await asked(together, "a", "b", "c", "b")
    shelf.content["a"] = 3
    shelf.goes_on.set()
    assert await asyncio.gather(*first, *others) == [3, 3, 2, None, 2]
    assert shelf.readings == [{"a"}, {"a", "b", "c"}]
    assert await together.find("b") == 2
    assert shelf.readings[2:] == [{"b"}]


async def test_a_reading_that_fails_fails_for_all_who_share_it_and_for_nobody_else() -> None:
    shelf = Shelf()
    together = Together(shelf.read)
    shelf.is_broken = True
    tasks = [*await asked(together, "a"), *await asked(together, "a", "b")]
    shelf.goes_on.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, StoreError) and answer.code for answer in answers] == ["store-unavailable"] * 3
    assert len(shelf.readings) == 2
    shelf.is_broken = False
    assert await together.find("a") == 1


async def test_whoever_gives_up_takes_nobody_along() -> None:
    shelf = Shelf()
    together = Together(shelf.read)
    (first,) = await asked(together, "a")
    second, third = await asked(together, "a", "b")
    first.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    shelf.goes_on.set()
    assert await third == 2
    for gone in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await gone


async def test_a_crowd_of_two_passes_is_read_at_once_and_the_rest_together_after_it() -> None:
    shelf = Shelf()
    together = Together(shelf.read)
    crowd = [*await asked(together, "a", "b"), *await asked(together, "b", "c")]
    for _ in range(3):
        crowd += await asked(together, "a", "c")
    assert shelf.readings == [{"a", "b"}, {"b", "c"}]
    shelf.goes_on.set()
    assert await asyncio.gather(*crowd) == [1, 2, 2, None] + [1, None] * 3
    assert shelf.readings[2:] == [{"a", "c"}]
