"""The legs of one call as its session has them: sound goes to its party, and what is found goes into the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assist.legs.findings import Finding
from assist.legs.routing import LegRouting
from assist.legs.watch import LegWatch
from assist.messages import AudioFrame, AudioGap, Decided, Event, Leg, LegsExchanged, Party, Signal


class CallLegs:
    """Routes and watches; ``tell`` logs an event."""

    def __init__(self, legs: Sequence[Leg], tell: Callable[[Event], object]) -> None:
        self._routing = LegRouting(legs)
        self._watch = LegWatch(legs)
        self._tell = tell

    @property
    def is_exchanged(self) -> bool:
        """Whether streams are the other party's than they said."""
        return self._routing.is_exchanged

    def party_of(self, stream: Party) -> Party:
        """Whose sound a stream carries now."""
        return self._routing.party_of(stream)

    def behind_ms(self, stream: Party) -> int:
        """How far a stream is behind the end of its party's leg, which was padded when the legs were exchanged."""
        return self._routing.behind_ms(stream)

    def take(self, item: AudioFrame | AudioGap) -> AudioFrame | AudioGap | None:
        """The next piece of a stream as the party's that it is; None where nothing is left of it."""
        routed = self._routing.route(item)
        if routed is not None:
            self._report(self._watch.sound(routed))
        return routed

    def hear(self, event: Decided, signals: Sequence[Signal]) -> None:
        """What was decided next, and what was found in it."""
        self._report(self._watch.words(event, signals))

    def exchange(self, ends_ms: Mapping[Party, int], *, by: str, by_name: str) -> tuple[AudioGap, ...]:
        """From now on each stream is the other party's; log it. What the shorter leg is to be padded with.

        ``ends_ms``: end position of every leg. Raises InputError "legs-not-exchangeable".
        """
        at_ms, padding = self._routing.exchange(ends_ms)
        self._tell(LegsExchanged(at_ms=at_ms, by=by, by_name=by_name))
        self._report(self._watch.exchanged(at_ms))
        return padding

    def pad(self, stream: Party, end_ms: int) -> AudioGap:
        """See ``LegRouting``."""
        return self._routing.pad(stream, end_ms)

    def _report(self, found: Sequence[Finding]) -> None:
        for finding in found:
            self._tell(finding.event())
