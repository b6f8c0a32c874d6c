"""Hands wrap-ups on: when they are confirmed, or when nobody confirmed them in time; tried again until they arrive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from assist.errors import LivecueError, StoreError, WebhookError
from assist.messages import Envelope, WrapUpPushed
from assist.notice import Notice
from assist.view import CallView
from assist.wrapup.outbox import Outbox, Waiting
from assist.wrapup.push import Push, push_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushLimits:
    """Bounds of handing on; each with its unit."""

    unconfirmed_after_s: float = 1_800.0
    """How long after a call its proposal waits to be confirmed; then it goes out as it is."""
    max_attempts: int = 12
    """With the waits below about a day."""
    retry_first_s: float = 5.0
    retry_most_s: float = 4 * 3600.0
    confirming_s: float = 10.0
    """How long a confirmation may take to be stored before what holds is sent."""


class Door(Protocol):
    """The receiver's end."""

    async def send(self, push: Push) -> None:
        """Returns once the receiver has taken it. Raises WebhookError; ``is_final`` where trying again is no use."""
        ...


ReadLog = Callable[[str], Awaitable[Sequence[Envelope]]]
Record = Callable[[str, Callable[[CallView], WrapUpPushed]], Awaitable[Envelope]]


class WrapUpPusher:
    """One call after the other, the longest due first; what waits is on disk."""

    def __init__(
        self,
        outbox: Outbox,
        door: Door,
        *,
        read: ReadLog,
        record: Record,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: PushLimits | None = None,
    ) -> None:
        """``read`` gives the log of a closed call, ``record`` adds an event to it."""
        self._outbox = outbox
        self._door = door
        self._read = read
        self._record = record
        self._now = now
        self._limits = limits or PushLimits()
        self._changed = Notice()

    @property
    def waiting(self) -> int:
        """Calls whose wrap-up is still to be handed on."""
        return len(self._outbox)

    def closed(self, call_id: str) -> None:
        """A call is over: its wrap-up goes out in time. Raises OSError."""
        if self._outbox.get(call_id) is None:
            self._put(call_id, self._limits.unconfirmed_after_s)

    def confirming(self, call_id: str) -> None:
        """A confirmation is about to be stored: whatever holds soon after goes out, come what may. Raises OSError."""
        self._put(call_id, self._limits.confirming_s)

    def confirmed(self, call_id: str) -> None:
        """What a person confirmed goes out at once. Raises OSError."""
        self._put(call_id, 0)

    async def run(self) -> None:
        """Hand on what is due, until cancelled."""
        while True:
            waiting = next(iter(self._outbox.in_order()), None)
            wait_s = None if waiting is None else (waiting.next_at - self._now()).total_seconds()
            if waiting is not None and wait_s is not None and wait_s <= 0:
                await self._try(waiting)
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _put(self, call_id: str, wait_s: float) -> None:
        self._outbox.put(Waiting(call_id=call_id, next_at=self._now() + timedelta(seconds=wait_s)))
        self._changed.notify()

    async def _try(self, waiting: Waiting) -> None:
        try:
            push = push_of(await self._read(waiting.call_id))
        except StoreError as error:
            self._again(waiting, error.code)
            return
        if push is None:
            self._done(waiting)
            return
        attempts = waiting.attempts + 1
        code = ""
        try:
            await self._door.send(push)
        except WebhookError as error:
            log.warning("a wrap-up was not taken", extra={"call_id": waiting.call_id, "code": error.code})
            if not error.is_final and attempts < self._limits.max_attempts:
                self._again(waiting, error.code)
                return
            code = error.code
        self._done(waiting)
        await self._tell(waiting.call_id, push, attempts, code)

    def _done(self, waiting: Waiting) -> None:
        """Unless there is a newer wrap-up of the call by now."""
        if self._outbox.get(waiting.call_id) is waiting:
            self._outbox.remove(waiting.call_id)

    async def _tell(self, call_id: str, push: Push, attempts: int, code: str) -> None:
        """Log how it ended; a log that cannot be written loses the note, not the wrap-up."""

        def pushed(view: CallView) -> WrapUpPushed:
            state = "failed" if code else "delivered"
            return WrapUpPushed(at_ms=view.position_ms, state=state, key=push.key, attempts=attempts, reason=code)

        try:
            await self._record(call_id, pushed)
        except LivecueError as error:
            log.warning("what became of a wrap-up is not logged", extra={"call_id": call_id, "code": error.code})

    def _again(self, waiting: Waiting, code: str) -> None:
        """Later, unless there is a newer wrap-up of the call by now."""
        if self._outbox.get(waiting.call_id) is not waiting:
            return
        wait_s = min(self._limits.retry_first_s * 2 ** min(waiting.attempts, 32), self._limits.retry_most_s)
        next_at = self._now() + timedelta(seconds=wait_s)
        changes = {"next_at": next_at, "attempts": waiting.attempts + 1, "reason": code}
        try:
            self._outbox.put(waiting.model_copy(update=changes))
        except OSError:
            log.exception("a waiting wrap-up is in memory only", extra={"call_id": waiting.call_id})
