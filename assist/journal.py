"""One call's log: numbers every event, writes it to disk, then carries it to the bus and the store.

The disk comes first and the store never holds up the agent's screen: a slow or absent store is caught up from the
spool, and the call says so with CallDegraded.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assist.errors import StoreError, UnavailableError
from assist.messages import (
    CallDegraded,
    DegradedPart,
    Envelope,
    Event,
    LineCorrected,
    NoteLeft,
    NoteRemoved,
    NotificationPushed,
    PromiseSettled,
    PromptOutcome,
    PromptUpdated,
    Result,
)
from assist.notice import Notice
from assist.ports import CallStore, CallSummary, EventBus
from assist.spool import CallSpool
from assist.summary import summarise
from assist.view import CallView, fold

log = logging.getLogger(__name__)

Report = (
    PromptUpdated
    | PromptOutcome
    | Result
    | PromiseSettled
    | NotificationPushed
    | LineCorrected
    | NoteLeft
    | NoteRemoved
)
"""What becomes of prompts, offers, promises and notifications, and what people remark: by it is told what was said
before."""


@dataclass(frozen=True, slots=True)
class JournalLimits:
    """Bounds of a journal; each with its unit."""

    waiting_envelopes: int = 1_000
    """Held in memory for the store; beyond it the spool is read back."""
    kept_reports: int = 2_000
    """Held in memory to find what is said again; beyond it the oldest are forgotten, and logged again if said again."""
    batch_envelopes: int = 200
    spooled_at_once: int = 200
    """Written by one turn of the event loop when a disk that refused takes them again."""
    retry_first_s: float = 0.2
    retry_most_s: float = 5.0
    give_up_s: float = 30.0
    """After the call has ended: how long to wait for the store before leaving the call, once it is whole in the spool,
    to recovery."""


class Journal:
    """Appends are synchronous and ordered; ``run`` delivers them until ``close``."""

    def __init__(
        self,
        call_id: str,
        spool: CallSpool,
        *,
        bus: EventBus,
        store: CallStore,
        now: Callable[[], datetime],
        limits: JournalLimits | None = None,
    ) -> None:
        self._spool = spool
        self._bus = bus
        self._store = store
        self._now = now
        self._limits = limits or JournalLimits()
        self._view = CallView(call_id=call_id)
        self._summary: CallSummary | None = None
        self._seq = 0
        self._for_bus: deque[Envelope] = deque()
        self._for_store: deque[Envelope] = deque()
        self._reports: deque[Envelope] = deque(maxlen=self._limits.kept_reports)
        self._stored_seq = 0
        self._gave_up = False
        self._unspooled: deque[Envelope] = deque()
        self._is_refused = False
        """By the disk."""
        self._failing: dict[DegradedPart, str] = {}
        """The code that was told of each part that fails."""
        self._closed = False
        self._changed = Notice()

    @property
    def call_id(self) -> str:
        return self._view.call_id

    @property
    def view(self) -> CallView:
        """The fold of everything appended."""
        return self._view

    @property
    def reports(self) -> Iterable[Envelope]:
        """What became of prompts, offers, promises and notifications, and what people remarked, oldest first."""
        return self._reports

    @property
    def summary(self) -> CallSummary | None:
        """The call list's row for this call; None before the first event."""
        return self._summary

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def store_lag(self) -> int:
        """Envelopes the store does not hold yet."""
        return self._seq - self._stored_seq

    @property
    def unspooled(self) -> int:
        """Envelopes that the disk has refused so far: who kills the process now loses what the store lacks of them."""
        return len(self._unspooled)

    @property
    def store_failure(self) -> str | None:
        """The code that the store refuses this call with; None: it takes it."""
        return self._failing.get("store")

    @property
    def is_stored(self) -> bool:
        return self._stored_seq == self._seq

    def append(self, event: Event) -> Envelope:
        """Log an event: it is on disk and in the view when this returns."""
        envelope = Envelope(call_id=self.call_id, seq=self._seq + 1, at=self._now(), event=event)
        self._unspooled.append(envelope)
        self._write()
        self._seq = envelope.seq
        self._view = fold(self._view, envelope)
        self._summary = summarise(self._summary, envelope)
        if isinstance(event, Report):
            self._reports.append(envelope)
        self._for_bus.append(envelope)
        self._for_store.append(envelope)
        while len(self._for_store) > self._limits.waiting_envelopes and not self._unspooled:
            self._for_store.popleft()
        self._changed.notify()
        return envelope

    def _write(self) -> None:
        """To disk; what it refuses is tried again later: it costs the call its crash safety, nothing else."""
        try:
            for _ in range(min(len(self._unspooled), self._limits.spooled_at_once)):
                self._spool.append(self._unspooled[0])
                self._unspooled.popleft()
        except OSError:
            if not self._is_refused:
                log.exception("the call's log cannot be spooled", extra={"call_id": self.call_id})
            self._is_refused = True
            return
        if self._is_refused and not self._unspooled:
            log.warning("the call's log is spooled again", extra={"call_id": self.call_id})
            self._is_refused = False

    async def logged(self, *, after: int, limit: int) -> Sequence[Envelope]:
        """Envelopes with ``seq > after`` as they were logged, as far as they are on disk."""
        return await asyncio.to_thread(self._spool.envelopes, after=after, limit=limit)

    async def stored(self, seq: int) -> None:
        """Wait until the store holds the envelope. Raises StoreError when the store was given up."""
        while self._stored_seq < seq:
            if self._gave_up:
                raise StoreError("The call's record could not be stored yet; it is kept in the spool.")
            await self._changed.wait()

    def close(self) -> None:
        """Nothing will be appended any more; ``run`` returns when all is delivered."""
        self._closed = True
        self._changed.notify()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._feed_bus(), name=f"journal bus {self.call_id}")
            group.create_task(self._feed_store(), name=f"journal store {self.call_id}")

    async def _feed_bus(self) -> None:
        while True:
            while not self._for_bus:
                if self._closed:
                    return
                await self._changed.wait()
            batch = tuple(self._for_bus)
            self._for_bus.clear()
            try:
                await self._bus.publish(batch)
            except UnavailableError as error:
                self._note("bus", error)
            else:
                self._note("bus", None)

    async def _feed_store(self) -> None:
        failing_since: float | None = None
        retry_s = self._limits.retry_first_s
        loop = asyncio.get_running_loop()
        while True:
            while self.is_stored:
                if self._closed:
                    return
                await self._changed.wait()
            batch = self._next_batch()
            try:
                await self._store.append(batch)
            except StoreError as error:
                failing_since = failing_since or loop.time()
                self._note("store", error)
                self._write()
                is_late = loop.time() - failing_since > self._limits.give_up_s
                if self._closed and is_late and not self._unspooled:
                    self._gave_up = True
                    self._changed.notify()
                    return
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, self._limits.retry_most_s)
                continue
            self._stored_seq = batch[-1].seq
            failing_since, retry_s = None, self._limits.retry_first_s
            self._note("store", None)
            self._changed.notify()

    def _next_batch(self) -> list[Envelope]:
        while self._for_store and self._for_store[0].seq <= self._stored_seq:
            self._for_store.popleft()
        if self._for_store and self._for_store[0].seq == self._stored_seq + 1:
            return list(islice(self._for_store, self._limits.batch_envelopes))
        return self._spool.envelopes(after=self._stored_seq, limit=self._limits.batch_envelopes)

    def _note(self, part: DegradedPart, error: UnavailableError | None) -> None:
        """Log that a part began to fail or works again; the closed log says no more."""
        if self._closed or (error is None) == (part not in self._failing):
            return
        if error is None:
            code = self._failing.pop(part)
        else:
            code = self._failing[part] = error.code
        self.append(
            CallDegraded(
                at_ms=self._view.position_ms,
                part=part,
                code=code,
                reason=error.message if error else "Complete again.",
                restored=error is None,
            )
        )
