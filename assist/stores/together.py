"""Look-ups that arrive together share one reading: fifty callers at once cost a database one query, not fifty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from assist.errors import StoreError

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Reading(Generic[K, V]):
    """Those who ask, and what they get."""

    keys: set[K] = field(default_factory=set[K])
    found: Mapping[K, V] | None = None
    error: StoreError | None = None


class Together(Generic[K, V]):
    """Looks up at once whoever is alone; those who come while a reading is under way share the next one.

    So nobody is given what was read before it asked. Bounded by the number of its callers.
    """

    def __init__(self, read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        """``read`` leaves out what is not there."""
        self._read = read
        self._turn = asyncio.Lock()
        self._next: _Reading[K, V] = _Reading()

    async def find(self, key: K) -> V | None:
        """What belongs to a key; None: nothing. Raises StoreError, to all who share the reading."""
        reading = self._next
        reading.keys.add(key)
        async with self._turn:
            if reading.found is None and reading.error is None:
                if self._next is reading:
                    self._next = _Reading()
                try:
                    reading.found = await self._read(reading.keys)
                except StoreError as error:
                    reading.error = error
        if reading.error is not None:
            raise StoreError(reading.error.message, code=reading.error.code) from reading.error
        return (reading.found or {}).get(key)
