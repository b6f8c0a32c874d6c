"""Logs of calls that are over, to which people and other systems still add."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from assist.messages import Envelope, Event
from assist.ports import CallStore, EventBus
from assist.view import CallView, fold_all

LONGEST_LOG = 1_000_000
"""Envelopes of one call that are read at once."""

E = TypeVar("E", bound=Event)


class ClosedLogs:
    """Adds one event at a time, so that none is numbered or logged twice."""

    def __init__(self, *, store: CallStore, bus: EventBus, now: Callable[[], datetime]) -> None:
        self._store = store
        self._bus = bus
        self._now = now
        self._turn = asyncio.Lock()

    async def add(
        self,
        call_id: str,
        make: Callable[[CallView], E],
        find: Callable[[Sequence[Envelope], E], Envelope | None],
        require: Callable[[CallView, E], None] = lambda _view, _event: None,
    ) -> Envelope:
        """Log an event, unless ``find`` finds it in the log; returns once it is stored.

        ``require`` raises where what is new must not be said. Raises StoreError, and what ``make`` raises.
        """
        async with self._turn:
            log = await self._store.envelopes(call_id, limit=LONGEST_LOG)
            view = fold_all(call_id, log)
            event = make(view)
            if known := find(log, event):
                return known
            require(view, event)
            envelope = Envelope(call_id=call_id, seq=log[-1].seq + 1, at=self._now(), event=event)
            await self._store.append((envelope,))
        await self._bus.publish((envelope,))
        return envelope
