"""The only place where facts are made: what was decided, with the ticks of the call clock between.

A live call asks for them one by one as its lanes decide; a stored call and a case of a playbook have them made at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from assist.messages import AudioGap, Decided, Signal, Utterance
from assist.playbook.facts import CallEnded, Fact, Known, Telling, Tick, Turn

TICK_MS = 1_000

Told = Decided | Telling
"""What rules learn from."""


class CallClock:
    """Counts the seconds of one call."""

    def __init__(self) -> None:
        self._next_tick_ms = TICK_MS

    @property
    def next_tick_ms(self) -> int:
        """Position of the next tick."""
        return self._next_tick_ms

    def reach(self, position_ms: int) -> Sequence[Tick]:
        """The ticks up to a position that were not given yet; they come before what is decided there."""
        ticks = [Tick(at_ms) for at_ms in range(self._next_tick_ms, position_ms + 1, TICK_MS)]
        self._next_tick_ms += TICK_MS * len(ticks)
        return ticks


def fact_of(event: Decided, signals: Sequence[Signal] = ()) -> Fact:
    """What the rules are told of it; ``signals`` are those that the analysers found in an utterance."""
    return Turn(event, tuple(signals)) if isinstance(event, Utterance) else event


def facts_of(
    told: Iterable[tuple[Told, Sequence[Signal]]], end: CallEnded | None, *, opened_at: datetime | None = None
) -> Iterator[Fact]:
    """All facts of a call from what was told of it, in the order of its log, each with its signals; None: it goes on.

    What is told beside the words counts from the next decided event on, so that ticks, which no log holds, cannot
    fall on either side of it. Missing sound counts by its own position: no lane gets past it before it is logged.
    """
    clock = CallClock()
    pending: list[Known] = []
    for event, signals in told:
        if isinstance(event, AudioGap):
            yield Known.of(event)
            continue
        if isinstance(event, Telling):
            pending.append(Known.of(event, opened_at))
            continue
        yield from clock.reach(event.decided_ms)
        yield from pending
        pending.clear()
        yield fact_of(event, signals)
    if end is not None:
        yield from clock.reach(end.at_ms)
        yield from pending
        yield end
