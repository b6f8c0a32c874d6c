"""Bounded channels between stages that share one event loop: closing is data, a full pipe blocks its sender."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from assist.notice import Notice

T = TypeVar("T")


class PipeClosedError(Exception):
    """Sending into a closed pipe: the sender outlived its receiver's interest."""


class Pipe(Generic[T]):
    """First in, first out, at most ``limit`` items; iteration ends when the pipe is closed and drained."""

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = Notice()

    @property
    def is_closed(self) -> bool:
        return self._closed

    def send_now(self, item: T) -> bool:
        """Take the item if there is room; False when full. Raises PipeClosedError."""
        if self._closed:
            raise PipeClosedError
        if len(self._items) >= self._limit:
            return False
        self._items.append(item)
        self._changed.notify()
        return True

    async def send(self, item: T) -> None:
        """Wait for room. Raises PipeClosedError, also when closed while waiting."""
        while not self.send_now(item):
            await self._changed.wait()

    async def receive(self) -> T | None:
        """The next item; None once closed and drained."""
        while not self._items:
            if self._closed:
                return None
            await self._changed.wait()
        self._changed.notify()
        return self._items.popleft()

    def close(self) -> None:
        """No more items will be sent; what waits is still delivered. Idempotent."""
        self._closed = True
        self._changed.notify()

    def __aiter__(self) -> Pipe[T]:
        return self

    async def __anext__(self) -> T:
        item = await self.receive()
        if item is None:
            raise StopAsyncIteration
        return item
