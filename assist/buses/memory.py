"""``EventBus`` inside one process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from assist.buses.inbox import BusCounts, Inbox, OpenPartials, Replay
from assist.errors import UnavailableError
from assist.messages import CallClosed, Envelope
from assist.ports import Subscription


@asynccontextmanager
async def open_memory_bus(_url: str) -> AsyncGenerator[MemoryBus]:
    bus = MemoryBus()
    try:
        yield bus
    finally:
        await bus.close()


class MemoryBus:
    """Delivers within this process.

    Bounds: ``ring_limit`` envelopes are held for replay per call, ``inbox_limit`` wait per subscriber, and the rings of
    the last ``closed_calls`` closed calls are kept. Publishing an envelope again does nothing.
    """

    def __init__(self, *, ring_limit: int = 4_096, inbox_limit: int = 256, closed_calls: int = 4) -> None:
        if ring_limit < 1 or inbox_limit < 1 or closed_calls < 0:
            raise ValueError("ring_limit and inbox_limit must be at least 1, closed_calls at least 0")
        self._ring_limit = ring_limit
        self._inbox_limit = inbox_limit
        self._closed_calls = closed_calls
        self._rings: dict[str, _Ring] = {}
        self._retired: OrderedDict[str, None] = OrderedDict()
        self._inboxes: dict[str | None, set[Inbox]] = {}
        self._closed = False
        self.counts = BusCounts()

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Deliver; see ``EventBus``. Raises UnavailableError "bus-closed"."""
        self._ensure_open()
        for envelope in envelopes:
            if not self._keep(envelope):
                continue
            for inbox in (*self._inboxes.get(envelope.call_id, ()), *self._inboxes.get(None, ())):
                inbox.deliver(envelope)

    def subscribe(self, call_id: str | None, *, after: int = 0) -> AbstractAsyncContextManager[Subscription]:
        return self._subscribed(call_id, after)

    async def close(self) -> None:
        """End every subscription after what waits in it. Idempotent."""
        self._closed = True
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.close()

    @asynccontextmanager
    async def _subscribed(self, call_id: str | None, after: int) -> AsyncGenerator[Subscription]:
        self._ensure_open()
        inbox = Inbox(after=None if call_id is None else after, limit=self._inbox_limit, counts=self.counts)
        ring = None if call_id is None else self._rings.get(call_id)
        inbox.replay(None if ring is None else ring.after(after))
        self._inboxes.setdefault(call_id, set()).add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[call_id].remove(inbox)
            if not self._inboxes[call_id]:
                del self._inboxes[call_id]

    def _keep(self, envelope: Envelope) -> bool:
        """Put the envelope into its call's ring; False if it was there before."""
        call_id = envelope.call_id
        ring = self._rings.setdefault(call_id, _Ring(self._ring_limit))
        if not ring.add(envelope):
            return False
        # A log that does not begin here (an outcome long after the close) is nobody's to close here.
        if isinstance(envelope.event, CallClosed) or call_id in self._retired or ring.is_fragment:
            self._retired[call_id] = None
            self._retired.move_to_end(call_id)
            if len(self._retired) > self._closed_calls:
                oldest, _ = self._retired.popitem(last=False)
                del self._rings[oldest]
        return True

    def _ensure_open(self) -> None:
        if self._closed:
            raise UnavailableError("The event bus is closed.", code="bus-closed")


class _Ring:
    """The recent envelopes of one call, superseded partials left out, without holes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[int, Envelope] = OrderedDict()
        self._partials = OpenPartials()
        self._last_seq: int | None = None
        self.is_fragment = False
        """The first envelope seen was not the first of the call."""

    def add(self, envelope: Envelope) -> bool:
        if self._last_seq is None:
            self.is_fragment = envelope.seq != 1
        elif envelope.seq <= self._last_seq:
            return False
        elif envelope.seq > self._last_seq + 1:
            self._held.clear()
        self._last_seq = envelope.seq
        superseded = self._partials.superseded_by(envelope)
        if superseded is not None:
            self._held.pop(superseded, None)
        self._held[envelope.seq] = envelope
        if len(self._held) > self._limit:
            self._held.popitem(last=False)
        return True

    def after(self, seq: int) -> Replay | None:
        if not self._held or self._last_seq is None:
            return None
        wanted = [envelope for envelope in self._held.values() if envelope.seq > seq]
        return Replay(first=next(iter(self._held)), last=self._last_seq, envelopes=wanted)
