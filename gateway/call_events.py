"""Every event of one call from the bus, in order, for whoever brings the call: each once, or none any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from assist.errors import SlowSubscriberError
from assist.messages import CallClosed, Envelope
from assist.ports import EventBus

Deliver = Callable[[Envelope], Awaitable[None]]


async def follow_call(
    bus: EventBus,
    call_id: str,
    deliver: Deliver,
    *,
    after: int = 0,
    is_complete: bool = False,
    is_current: bool = False,
) -> None:
    """Deliver the envelopes after a seq up to the call's last.

    ``is_complete``: the call is over, so that the bus may have forgotten its beginning. ``is_current``: ``after`` is
    the last of its log now, so that a bus that holds nothing has lost nothing. Raises SlowSubscriberError when
    envelopes are no longer held, UnavailableError of the bus, and what ``deliver`` raises.
    """
    is_whole_if_empty = is_current or (after == 0 and not is_complete)
    while (reached := await _follow_once(bus, call_id, deliver, after, is_whole_if_empty)) is not None:
        if reached == after:
            raise SlowSubscriberError("Live events are interrupted.")
        after, is_whole_if_empty = reached, False


async def _follow_once(
    bus: EventBus, call_id: str, deliver: Deliver, after: int, is_whole_if_empty: bool
) -> int | None:
    """Over one subscription; the last seq delivered when the bus outran it, None at the end of the call."""
    async with bus.subscribe(call_id, after=after) as subscription:
        first = subscription.first_replayed
        if not (is_whole_if_empty if first is None else first <= after + 1):
            raise SlowSubscriberError("Some envelopes are no longer held here.")
        while True:
            try:
                envelope = await anext(subscription)
            except SlowSubscriberError:
                return after
            except StopAsyncIteration:
                return None
            if envelope.seq <= after:
                continue
            await deliver(envelope)
            after = envelope.seq
            if isinstance(envelope.event, CallClosed):
                return None
