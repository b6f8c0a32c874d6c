"""Hands wrap-ups on: when they are confirmed, or when nobody confirmed them in time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from assist.messages import Envelope, WrapUpPushed
from assist.pushing.outbox import Outbox, Waiting
from assist.pushing.push import Push
from assist.pushing.pusher import Door, Pusher, RetryLimits
from assist.view import CallView
from assist.wrapup.push import push_of


@dataclass(frozen=True, slots=True)
class PushLimits:
    """Bounds of handing on; each with its unit."""

    unconfirmed_after_s: float = 1_800.0
    """How long after a call its proposal waits to be confirmed; then it goes out as it is."""
    confirming_s: float = 10.0
    """How long a confirmation may take to be stored before what holds is sent."""
    retry: RetryLimits = field(default_factory=RetryLimits)


ReadLog = Callable[[str], Awaitable[Sequence[Envelope]]]
Record = Callable[[str, Callable[[CallView], WrapUpPushed]], Awaitable[Envelope]]


class WrapUpPusher:
    """The wrap-up of each call that holds when it goes; a later one takes the place of an earlier one that waits."""

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
        self._read = read
        self._record = record
        self._limits = limits or PushLimits()
        self._pusher = Pusher(outbox, door, make=self._make, tell=self._tell, now=now, limits=self._limits.retry)

    @property
    def waiting(self) -> int:
        """Calls whose wrap-up is still to be handed on."""
        return len(self._outbox)

    def closed(self, call_id: str) -> None:
        """A call is over: its wrap-up goes out in time. Raises OSError."""
        if self._outbox.get((call_id, 0)) is None:
            self._pusher.put(call_id, wait_s=self._limits.unconfirmed_after_s)

    def confirming(self, call_id: str) -> None:
        """A confirmation is about to be stored: whatever holds soon after goes out, come what may. Raises OSError."""
        self._pusher.put(call_id, wait_s=self._limits.confirming_s)

    def confirmed(self, call_id: str) -> None:
        """What a person confirmed goes out at once. Raises OSError."""
        self._pusher.put(call_id)

    async def run(self) -> None:
        """Hand on what is due, until cancelled."""
        await self._pusher.run()

    async def _make(self, waiting: Waiting) -> Push | None:
        return push_of(await self._read(waiting.call_id))

    async def _tell(self, waiting: Waiting, push: Push, attempts: int, code: str) -> None:
        def pushed(view: CallView) -> WrapUpPushed:
            state = "failed" if code else "delivered"
            return WrapUpPushed(at_ms=view.position_ms, state=state, key=push.key, attempts=attempts, reason=code)

        await self._record(waiting.call_id, pushed)
