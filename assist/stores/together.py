"""Look-ups that arrive together share one reading: fifty callers at once cost a database one query, not fifty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from assist.errors import StoreError
from assist.notice import Notice

K = TypeVar("K")
V = TypeVar("V")

READINGS_AT_ONCE = 2
"""A crowd comes in within two passes of the event loop: its second half does not wait for what the first one asked."""


@dataclass(slots=True)
class _Reading(Generic[K, V]):
    """Those who ask, and what they get."""

    keys: set[K] = field(default_factory=set[K])
    found: Mapping[K, V] | None = None
    error: StoreError | None = None
    is_led: bool = False
    """One of them looks it up for all."""

    @property
    def is_over(self) -> bool:
        return self.found is not None or self.error is not None


class Together(Generic[K, V]):
    """Those who ask in one pass of the event loop share a reading, and those who come while all readings that may be
    under way are, share the next one.

    So nobody is given what was read before it asked. Bounded by the number of its callers.
    """

    def __init__(self, read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        """``read`` leaves out what is not there."""
        self._read = read
        self._under_way = 0
        self._changed = Notice()
        self._next: _Reading[K, V] = _Reading()

    async def find(self, key: K) -> V | None:
        """What belongs to a key; None: nothing. Raises StoreError, to all who share the reading."""
        reading = self._next
        reading.keys.add(key)
        while not reading.is_over:
            if reading.is_led or self._under_way == READINGS_AT_ONCE:
                await self._changed.wait()
            else:
                await self._read_for(reading)
        if reading.error is not None:
            raise StoreError(reading.error.message, code=reading.error.code) from reading.error
        return (reading.found or {}).get(key)

    async def _read_for(self, reading: _Reading[K, V]) -> None:
        """Look up for all who share it; if this is cancelled, one of the others does."""
        reading.is_led = True
        self._under_way += 1
        try:
            await asyncio.sleep(0)
            if self._next is reading:
                self._next = _Reading()
            reading.found = await self._read(reading.keys)
        except StoreError as error:
            reading.error = error
        finally:
            reading.is_led = False
            self._under_way -= 1
            self._changed.notify()
