"""The sound of a call on its way in: whose each stream is, what is missing of it, whether it comes at all.

A source opens a stream per leg and goes on naming it by the party as which it opened it; feeds, lanes and log know only
whose sound it is by now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from assist.feed import LegFeed
from assist.legs import CallLegs
from assist.messages import AudioFrame, AudioGap, CallDegraded, Decided, Event, GapCause, Leg, Party, Signal
from assist.notice import Notice
from assist.order import DecidedOrder
from assist.ports import Pace

log = logging.getLogger(__name__)


class CallStreams:
    """Carries the pieces of every stream to the feed of its party; ``tell`` logs an event."""

    def __init__(
        self,
        legs: Sequence[Leg],
        feeds: Mapping[Party, LegFeed],
        order: DecidedOrder,
        *,
        pace: Pace,
        tell: Callable[[Event], object],
        changed: Notice,
    ) -> None:
        """``changed`` is notified when the order has moved on."""
        self._parties: tuple[Party, ...] = tuple(leg.party for leg in legs)
        self._feeds = feeds
        self._order = order
        self._pace = pace
        self._tell = tell
        self._changed = changed
        self._legs = CallLegs(legs, tell)
        self._behind: set[Party] = set()
        """Parties whose newest sound waits on disk."""

    def push(self, item: AudioFrame | AudioGap) -> None:
        """Take sound or a declared gap of a stream; never waits. Once the call closes, nothing is taken."""
        if self._feeds[self._legs.party_of(item.party)].is_closed:
            return
        routed = self._legs.take(item)
        if routed is not None:
            self._take(routed)

    def _take(self, item: AudioFrame | AudioGap) -> None:
        feed = self._feeds[item.party]
        if isinstance(item, AudioGap):
            self._tell(item)
        try:
            shed = feed.push(item)
        except OSError as error:
            log.exception("sound could not be written to the spool")
            reason = f"The call's sound cannot be saved: {error.strerror}."
            self._tell(CallDegraded(at_ms=self.end_ms, part="audio-store", code="spool-write-failed", reason=reason))
            feed.lose_disk()
            shed = feed.push(item)
        if shed is not None:
            self._tell(shed)
        if self._pace == "live" and feed.is_behind != (item.party in self._behind):
            self._note_lag(item.party, is_behind=feed.is_behind)

    def _note_lag(self, party: Party, *, is_behind: bool) -> None:
        (self._behind.add if is_behind else self._behind.discard)(party)
        self._tell(
            CallDegraded(
                at_ms=self.end_ms,
                part="recognition",
                code="recognition-behind",
                reason="Recognition is behind; words come late." if is_behind else "Recognition has caught up.",
                party=party,
                restored=not is_behind,
            )
        )

    def leave(self, stream: Party) -> None:
        """No sound of the stream comes for now: its last words are decided, and nobody's words wait for it."""
        party = self._legs.party_of(stream)
        if not self._order.is_away(party):
            self._feeds[party].interrupt()
            self._order.leave(party, self._feeds[party].end_ms)
            self._changed.notify()

    def come_back(self, stream: Party) -> None:
        """Sound of the stream is on its way again, after a gap that is still to be declared with ``miss``."""
        self._order.come_back(self._legs.party_of(stream))

    def miss(self, stream: Party, duration_ms: int, cause: GapCause, *, inferred: bool) -> int:
        """Declare sound that will never come; a stream that had left is back.

        Returns the declared length, with what an exchange of the parties had declared of it: a stream comes back no
        earlier than where the log is by now, and never without a gap where its last words were cut off: a recording of
        the call shall end them, too.
        """
        party = self._legs.party_of(stream)
        feed = self._feeds[party]
        start_ms = self._position_ms(stream)
        self._order.come_back(party)
        end_ms = start_ms + duration_ms
        if feed.is_interrupted and end_ms < feed.end_ms:
            # Back before the place up to which its party was padded: what was said there by the other stream ends with
            # a gap of its own, or this stream would run ahead by all that was padded too much.
            self._take(self._legs.pad(stream, feed.end_ms))
        earliest_ms = max(self._order.position_ms, feed.end_ms + feed.is_interrupted)
        if earliest_ms > feed.end_ms:
            end_ms = max(end_ms, earliest_ms)
        if end_ms <= start_ms:
            return 0
        self.push(AudioGap(party=stream, start_ms=start_ms, end_ms=end_ms, cause=cause, inferred=inferred))
        return end_ms - start_ms

    def is_away(self, stream: Party) -> bool:
        """Whether no sound of the stream comes for now."""
        return self._order.is_away(self._legs.party_of(stream))

    async def room(self, streams: Collection[Party]) -> None:
        """Wait until the memory of these streams has room: how a replay is paced."""
        for stream in streams:
            await self._feeds[self._legs.party_of(stream)].room()

    def position_ms(self, leg: int) -> int:
        """End position of a stream (index into the call's legs), where its next piece begins."""
        return self._position_ms(self._parties[leg])

    def _position_ms(self, stream: Party) -> int:
        return self._feeds[self._legs.party_of(stream)].end_ms - self._legs.behind_ms(stream)

    @property
    def end_ms(self) -> int:
        """Highest end position over the legs."""
        return max(feed.end_ms for feed in self._feeds.values())

    def hear(self, event: Decided, signals: Sequence[Signal]) -> None:
        """What was decided next, and what was found in it: by it the legs are checked."""
        self._legs.hear(event, signals)

    @property
    def is_exchanged(self) -> bool:
        """Whether streams are the other party's than they said."""
        return self._legs.is_exchanged

    def exchange(self, *, by: str, by_name: str) -> None:
        """From now on each stream is the other party's. Raises InputError "legs-not-exchangeable"."""
        away: list[Party] = [stream for stream in self._parties if self.is_away(stream)]
        ends_ms: dict[Party, int] = {party: feed.end_ms for party, feed in self._feeds.items()}
        padding = self._legs.exchange(ends_ms, by=by, by_name=by_name)
        for party in self._feeds:
            self._order.come_back(party)
        for gap in padding:
            self._take(gap)
        for stream in away:
            self.leave(stream)
