"""Hands on what waits in an outbox, one after the other, and tries again until it arrives or is given up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from assist.errors import LivecueError, StoreError, WebhookError
from assist.notice import Notice
from assist.pushing.outbox import Outbox, Waiting
from assist.pushing.push import Push

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryLimits:
    """Bounds of trying again; each with its unit."""

    max_attempts: int = 12
    """With the waits below about a day."""
    retry_first_s: float = 5.0
    """It doubles. So long, too, a receiver that failed is left alone, whatever else waits for it."""
    retry_most_s: float = 4 * 3600.0


class Door(Protocol):
    """The receiver's end."""

    async def send(self, push: Push) -> None:
        """Returns once the receiver has taken it. Raises WebhookError; ``is_final`` where trying again is no use."""
        ...


Make = Callable[[Waiting], Awaitable[Push | None]]
Tell = Callable[[Waiting, Push, int, str], Awaitable[object]]


class Pusher:
    """One push after the other, the longest due first; a receiver that is away holds up no other pusher's."""

    def __init__(
        self,
        outbox: Outbox,
        door: Door,
        *,
        make: Make,
        tell: Tell,
        takes: Callable[[Waiting], bool] = lambda _: True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: RetryLimits | None = None,
    ) -> None:
        """``make`` gives what is to be sent, None where nothing is left to send; it may raise StoreError.

        ``tell`` logs how it ended: what waited, what was sent, the attempts, the code of the failure or nothing.
        ``takes``: which of the outbox are this one's.
        """
        self._outbox = outbox
        self._door = door
        self._make = make
        self._tell = tell
        self._takes = takes
        self._now = now
        self._limits = limits or RetryLimits()
        self._changed = Notice()

    def put(self, call_id: str, seq: int = 0, *, channel: str = "", name: str = "", wait_s: float = 0.0) -> None:
        """Hand it on in so many seconds, in place of what waits of the same. Raises OSError: it is in memory only."""
        next_at = self._now() + timedelta(seconds=wait_s)
        waiting = Waiting(call_id=call_id, seq=seq, channel=channel, name=name, next_at=next_at)
        try:
            self._outbox.put(waiting)
        finally:
            self._changed.notify()

    async def run(self) -> None:
        """Hand on what is due, until cancelled."""
        while True:
            waiting = self._outbox.next(self._takes)
            wait_s = None if waiting is None else (waiting.next_at - self._now()).total_seconds()
            if waiting is not None and wait_s is not None and wait_s <= 0:
                await self._try(waiting)
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _try(self, waiting: Waiting) -> None:
        try:
            push = await self._make(waiting)
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
            extra = {"call_id": waiting.call_id, "channel": waiting.channel, "code": error.code}
            log.warning("a receiver did not take what was handed on", extra=extra)
            if not error.is_final and attempts < self._limits.max_attempts:
                self._again(waiting, error.code)
                await asyncio.sleep(self._limits.retry_first_s)
                return
            code = error.code
        self._done(waiting)
        try:
            await self._tell(waiting, push, attempts, code)
        except LivecueError as error:  # a log that cannot be written loses the note, not what was handed on
            extra = {"call_id": waiting.call_id, "code": error.code}
            log.warning("what became of something handed on is not logged", extra=extra)

    def _done(self, waiting: Waiting) -> None:
        """Unless there is something newer in its place by now."""
        if self._outbox.get(waiting.place) is waiting:
            self._outbox.remove(waiting.place)

    def _again(self, waiting: Waiting, code: str) -> None:
        """Later, unless there is something newer in its place by now."""
        if self._outbox.get(waiting.place) is not waiting:
            return
        wait_s = min(self._limits.retry_first_s * 2 ** min(waiting.attempts, 32), self._limits.retry_most_s)
        next_at = self._now() + timedelta(seconds=wait_s)
        changes = {"next_at": next_at, "attempts": waiting.attempts + 1, "reason": code}
        try:
            self._outbox.put(waiting.model_copy(update=changes))
        except OSError:
            log.exception("something to be handed on is in memory only", extra={"call_id": waiting.call_id})
