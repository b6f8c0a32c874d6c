"""What waits to be sent to one peer: bounded, in order, and never in the way of who reads the socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from assist.errors import SlowSubscriberError
from assist.messages import Event, PartialTranscript, Utterance, UtteranceDropped
from assist.notice import Notice
from gateway.wire import PeerGoneError, Wire

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OutboxLimits:
    """Bounds of an outbox; each with its unit."""

    events: int = 256
    replies: int = 128
    slow_after_s: float = 10.0
    """Age of the oldest unsent event at which the client counts as too slow. Waiting for a blocked ``send`` would not
    do: it blocks only after megabytes sit in kernel buffers."""


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    item: T
    is_event: bool
    since_s: float
    key: str | None


class Outbox(Generic[T]):
    """Replies and events of one client, single event loop.

    Replies never wait for room; one with the ``key`` of another replaces it. Events wait for room; when it is short,
    those go first whose ``key`` a later event ``replaces``, and only then: a client that keeps up misses nothing.
    """

    def __init__(self, limits: OutboxLimits, *, clock: Callable[[], float]) -> None:
        if min(limits.events, limits.replies) < 1:
            raise ValueError("both bounds must be at least 1")
        self._limits = limits
        self._clock = clock
        self._entries: dict[int, _Entry[T]] = {}
        self._by_key: dict[str, int] = {}
        self._stale: list[int] = []
        self._serial = 0
        self._waiting_events = 0
        self._sending_since_s: float | None = None
        self._closed = False
        self._changed = Notice()
        self.superseded = 0
        """Events that were left out because a newer one replaced them."""

    @property
    def waiting_events(self) -> int:
        return self._waiting_events

    def put_reply(self, item: T, *, key: str | None = None) -> None:
        """Queue an answer; one with the same key that still waits is replaced. Raises SlowSubscriberError when full."""
        waiting = self._by_key.get(key) if key is not None else None
        if waiting is not None:
            self._remove(waiting)
        if len(self._entries) - self._waiting_events >= self._limits.replies:
            raise SlowSubscriberError("The client does not read its answers.")
        self._add(item, is_event=False, key=key)

    async def put_event(self, item: T, *, replaces: str | None = None, key: str | None = None) -> None:
        """Queue an event, waiting for room. Raises SlowSubscriberError when the oldest is unsent for too long."""
        if replaces is not None and replaces in self._by_key:
            self._stale.append(self._by_key.pop(replaces))
        await self.room()
        self._add(item, is_event=True, key=key)

    async def room(self) -> None:
        """Wait until an event can be queued. Raises SlowSubscriberError when the oldest is unsent for too long."""
        while not self._closed:
            deadline_s = self._oldest_event_s() + self._limits.slow_after_s
            if self._clock() >= deadline_s:
                raise SlowSubscriberError("The client reads too slowly; come back with the last seq it has seen.")
            if self._waiting_events >= self._limits.events:
                self._drop_stale()
            if self._waiting_events < self._limits.events:
                return
            try:
                async with asyncio.timeout_at(deadline_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def add_event(self, item: T) -> None:
        """Queue an event after ``room``: one of several that belong together may go beyond the bound."""
        self._add(item, is_event=True, key=None)

    def drop_events(self) -> int:
        """Forget the events that wait; their number."""
        dropped = [serial for serial, entry in self._entries.items() if entry.is_event]
        for serial in dropped:
            self._remove(serial)
        self._changed.notify()
        return len(dropped)

    async def take(self) -> Sequence[T] | None:
        """Everything that waits, in order; None once closed and empty. Taking again says that the last was sent."""
        self._sending_since_s = None
        self._changed.notify()
        while not self._entries:
            if self._closed:
                return None
            await self._changed.wait()
        self._sending_since_s = next((entry.since_s for entry in self._entries.values() if entry.is_event), None)
        items = [entry.item for entry in self._entries.values()]
        self._clear()
        return items

    def close(self) -> None:
        """Take nothing more; what waits is still sent. Idempotent."""
        self._closed = True
        self._changed.notify()

    def abort(self) -> None:
        """Take nothing more and forget what waits: the client is gone."""
        self._closed = True
        self._clear()

    def _clear(self) -> None:
        self._entries.clear()
        self._by_key.clear()
        self._stale.clear()
        self._waiting_events = 0
        self._changed.notify()

    def _oldest_event_s(self) -> float:
        if self._sending_since_s is not None:
            return self._sending_since_s
        return next((entry.since_s for entry in self._entries.values() if entry.is_event), self._clock())

    def _add(self, item: T, *, is_event: bool, key: str | None) -> None:
        if self._closed:
            return
        self._serial += 1
        self._entries[self._serial] = _Entry(item, is_event, self._clock(), key)
        if key is not None:
            self._by_key[key] = self._serial
        self._waiting_events += is_event
        self._changed.notify()

    def _drop_stale(self) -> None:
        for serial in self._stale:
            if serial in self._entries:
                self._remove(serial)
                self.superseded += 1
        self._stale.clear()

    def _remove(self, serial: int) -> None:
        entry = self._entries.pop(serial)
        self._waiting_events -= entry.is_event
        if entry.key is not None and self._by_key.get(entry.key) == serial:
            del self._by_key[entry.key]


def coalescing(event: Event) -> tuple[str | None, str | None]:
    """(``replaces``, ``key``) of an event: a partial gives way to whatever its utterance says later."""
    match event:
        case PartialTranscript(utterance_id=utterance_id):
            return utterance_id, utterance_id
        case Utterance(utterance_id=utterance_id) | UtteranceDropped(utterance_id=utterance_id):
            return utterance_id, None
        case _:
            return None, None


class Sender(Generic[T]):
    """Carries an outbox to its peer, then closes the connection."""

    def __init__(
        self,
        wire: Wire,
        outbox: Outbox[T],
        encode: Callable[[Sequence[T]], Iterable[str | bytes]],
        *,
        close_timeout_s: float,
    ) -> None:
        self._wire = wire
        self._outbox = outbox
        self._encode = encode
        self._close_timeout_s = close_timeout_s
        self._limit: asyncio.Timeout | None = None
        self._close_code: int | None = None
        self._close_reason = ""

    @property
    def is_finishing(self) -> bool:
        return self._close_code is not None

    def finish(self, close_code: int, reason: str = "") -> None:
        """Send what waits, then close with the code; the first code counts. A stuck client gets ``close_timeout_s``."""
        if self._close_code is not None:
            return
        self._close_code, self._close_reason = close_code, reason
        self._outbox.close()
        self._limit_finish()

    async def run(self) -> None:
        """Send until ``finish`` or until the client is gone."""
        try:
            async with asyncio.timeout(None) as self._limit:
                self._limit_finish()
                await self._send_all()
        except PeerGoneError:
            self._outbox.abort()
        except TimeoutError:
            log.info("client did not take its last messages")
        finally:
            self._limit = None

    def _limit_finish(self) -> None:
        if self._limit is not None and self._close_code is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._close_timeout_s)

    async def _send_all(self) -> None:
        while (items := await self._outbox.take()) is not None:
            for message in self._encode(items):
                await self._wire.send(message)
        if self._close_code is not None:
            await self._wire.close(self._close_code, self._close_reason)
