"""Bounded channels between the stages of a call: closing is data, overflow is counted.

``Pipe`` blocks its sender when full. ``Latest`` keeps only the newest item. Both end their iteration when closed and
drained, so a stage that finishes its input can finish itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from assist.notice import Notice

T = TypeVar("T")


class PipeClosedError(Exception):
    """Sending into a closed pipe: the sender outlived its receiver's interest."""


class Pipe(Generic[T]):
    """First in, first out, single event loop; bounded by the summed weight of its items.

    ``limit`` is in the unit that ``weigh`` returns (items by default). An item heavier than ``limit`` is still taken
    when the pipe is empty, so that nothing can block for ever.
    """

    def __init__(self, limit: int, *, weigh: Callable[[T], int] = lambda _: 1) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._weigh = weigh
        self._items: deque[T] = deque()
        self._weight = 0
        self._closed = False
        self._changed = Notice()

    @property
    def weight(self) -> int:
        """Summed weight of what waits."""
        return self._weight

    @property
    def is_closed(self) -> bool:
        return self._closed

    def fits(self, item: T) -> bool:
        """Whether ``send_now`` would take the item."""
        return not self._items or self._weight + self._weigh(item) <= self._limit

    def send_now(self, item: T) -> bool:
        """Take the item if it fits; False when full. Raises PipeClosedError."""
        if self._closed:
            raise PipeClosedError
        if not self.fits(item):
            return False
        self._items.append(item)
        self._weight += self._weigh(item)
        self._changed.notify()
        return True

    async def send(self, item: T) -> None:
        """Wait until the item fits. Raises PipeClosedError, also when closed while waiting."""
        while not self.send_now(item):
            await self._changed.wait()

    def drop_oldest(self) -> T | None:
        """Remove and return what has waited longest; the caller must declare the loss."""
        if not self._items:
            return None
        return self._pop()

    async def receive(self) -> T | None:
        """The next item; None once closed and drained."""
        while not self._items:
            if self._closed:
                return None
            await self._changed.wait()
        return self._pop()

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

    def _pop(self) -> T:
        item = self._items.popleft()
        self._weight -= self._weigh(item)
        self._changed.notify()
        return item


class Latest(Generic[T]):
    """Holds one item; a newer one replaces it and the replacement is counted."""

    def __init__(self) -> None:
        self._pipe: Pipe[T] = Pipe(1)
        self.superseded = 0

    def put(self, item: T) -> None:
        """Never blocks. Raises PipeClosedError."""
        if not self._pipe.send_now(item):
            self._pipe.drop_oldest()
            self.superseded += 1
            self._pipe.send_now(item)

    async def receive(self) -> T | None:
        """The newest item; None once closed and drained."""
        return await self._pipe.receive()

    def close(self) -> None:
        self._pipe.close()
