"""Hands on what rules notify of: each channel by itself, beside the calls, tried again until it arrives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from assist.errors import WebhookError
from assist.messages import Envelope, Notification, NotificationPushed
from assist.notifications.body import key_of, push_of
from assist.pushing.outbox import Outbox, Waiting
from assist.pushing.push import Push
from assist.pushing.pusher import Door, Pusher, RetryLimits
from assist.view import CallView

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """A receiver that rules may name."""

    door: Door
    limits: RetryLimits


ReadLog = Callable[[str], Awaitable[Sequence[Envelope]]]
Record = Callable[[str, Callable[[CallView], NotificationPushed]], Awaitable[Envelope]]


class Notifier:
    """Takes what was stored of calls, and never holds one up.

    A notification is known by its place in its call's log, so none goes out twice however often a log is read; before
    one goes, the log is asked what became of it.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        read: ReadLog,
        record: Record,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``read`` gives the stored log of a call, of types ``READ`` at least; ``record`` adds an event to it."""
        self._outbox = outbox
        self._read = read
        self._record = record
        self._pushers = {
            name: self._pusher(one, now, lambda waiting, name=name: waiting.channel == name)
            for name, one in channels.items()
        }
        nowhere = Channel(_Nowhere(), RetryLimits())
        self._homeless = self._pusher(nowhere, now, lambda waiting: waiting.channel not in channels)

    @property
    def waiting(self) -> int:
        """Notifications that are still to be handed on."""
        return len(self._outbox)

    def stored(self, envelopes: Sequence[Envelope]) -> None:
        """The store has these of a call: what is to be handed on of them goes out at once."""
        told = {one.event.key for one in envelopes if isinstance(one.event, NotificationPushed)}
        for one in envelopes:
            if isinstance(one.event, Notification) and key_of(one.call_id, one.seq) not in told:
                self._take(one.call_id, one.seq, one.event)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, pusher in self._pushers.items():
                group.create_task(pusher.run(), name=f"notifications {name}")
            group.create_task(self._homeless.run(), name="notifications to nobody")

    def _take(self, call_id: str, seq: int, told: Notification) -> None:
        if self._outbox.get((call_id, seq)) is not None:
            return
        if self._outbox.is_full:
            log.error("too many notifications wait; this one is left out", extra={"call_id": call_id, "seq": seq})
            return
        try:
            pusher = self._pushers.get(told.channel, self._homeless)
            pusher.put(call_id, seq, channel=told.channel, name=told.notification_id)
        except OSError:
            log.exception("a waiting notification is in memory only", extra={"call_id": call_id})

    def _pusher(self, channel: Channel, now: Callable[[], datetime], takes: Callable[[Waiting], bool]) -> Pusher:
        return Pusher(
            self._outbox, channel.door, make=self._make, tell=self._tell, takes=takes, now=now, limits=channel.limits
        )

    async def _make(self, waiting: Waiting) -> Push | None:
        return push_of(await self._read(waiting.call_id), waiting.seq)

    async def _tell(self, waiting: Waiting, push: Push, attempts: int, code: str) -> None:
        def pushed(view: CallView) -> NotificationPushed:
            return NotificationPushed(
                notification_id=waiting.name,
                channel=waiting.channel,
                at_ms=view.position_ms,
                state="failed" if code else "delivered",
                key=push.key,
                attempts=attempts,
                reason=code,
            )

        await self._record(waiting.call_id, pushed)


class _Nowhere:
    """Where those go whom nobody has configured."""

    async def send(self, push: Push) -> None:
        raise WebhookError("No channel of this name is configured.", code="unknown-channel", is_final=True)
