"""Logs of calls that are over, to which people and other systems still add."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import TypeVar

from assist.errors import InputError, NotFoundError
from assist.messages import Envelope, Event
from assist.ports import CallStore, EventBus
from assist.view import CallView, fold_all

LONGEST_LOG = 1_000_000
"""Envelopes of one call that are read at once."""

E = TypeVar("E", bound=Event)
TurnOf = Callable[[str], AbstractAsyncContextManager[None]]
"""Gives a call's turn to whoever adds to its log."""


def alone(_call_id: str) -> AbstractAsyncContextManager[None]:
    """The turns of a service that has its database to itself."""
    return nullcontext()


class ClosedLogs:
    """Adds one event at a time, so that none is numbered or logged twice."""

    def __init__(
        self,
        *,
        store: CallStore,
        bus: EventBus,
        now: Callable[[], datetime],
        turn_of: TurnOf = alone,
    ) -> None:
        """``turn_of``: keeps other services from adding to a call meanwhile."""
        self._store = store
        self._bus = bus
        self._now = now
        self._turn_of = turn_of
        self._turn = asyncio.Lock()

    async def add(
        self,
        call_id: str,
        make: Callable[[CallView], E],
        find: Callable[[Sequence[Envelope], E], Envelope | None],
        require: Callable[[CallView, E], None] = lambda _view, _event: None,
    ) -> Envelope:
        """Log an event, unless ``find`` finds it in the log; returns it as it is stored.

        ``require`` raises where what is new must not be said. Raises NotFoundError "unknown-call", StoreError, and what
        ``make`` raises.
        """
        async with self._turn, self._turn_of(call_id):
            log = await self._store.envelopes(call_id, limit=LONGEST_LOG)
            if not log:
                raise NotFoundError("There is no such call.", code="unknown-call")
            view = fold_all(call_id, log)
            event = make(view)
            if known := find(log, event):
                return known
            require(view, event)
            envelope = Envelope(call_id=call_id, seq=log[-1].seq + 1, at=self._now(), event=event)
            await self._store.append((envelope,))
            stored = await self._store.envelopes(call_id, after=envelope.seq - 1, limit=1)
        await self._bus.publish(stored)
        return stored[0]

    async def add_apart(
        self, call_id: str, make: Callable[[Sequence[Envelope]], Sequence[Event]], *, reads: Collection[str]
    ) -> Sequence[Envelope]:
        """Log what ``make`` makes of the events of these types, all or nothing; nobody is told over the bus.

        Returns what was logged as ``make`` made it. Raises NotFoundError "unknown-call", InputError "call-open",
        StoreError, and what ``make`` raises.
        """
        async with self._turn, self._turn_of(call_id):
            summary = await self._store.summary(call_id)
            if summary is None:
                raise NotFoundError("There is no such call.", code="unknown-call")
            if summary.closed_at is None:
                raise InputError("The call goes on; wait until it is closed.", code="call-open")
            events = make(await self._store.envelopes(call_id, limit=LONGEST_LOG, types=reads))
            envelopes = [
                Envelope(call_id=call_id, seq=seq, at=self._now(), event=event)
                for seq, event in enumerate(events, start=summary.last_seq + 1)
            ]
            if envelopes:
                await self._store.append(envelopes)
        return envelopes
