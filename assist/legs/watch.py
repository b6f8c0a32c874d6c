"""Finds what is wrong with the legs of a call in their sound and words."""

from __future__ import annotations

from collections.abc import Sequence

from assist.legs.arrival import Arrival, Voices
from assist.legs.findings import Finding
from assist.legs.likeness import Likeness
from assist.legs.swapping import SwapTest
from assist.messages import AudioFrame, AudioGap, Decided, Leg, Party, RoleSignal, Signal


class LegWatch:
    """Of one call; a call with one leg is never found wrong.

    What it finds depends on positions and order alone: a recording gives the same findings as the live call.
    """

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._is_watched = len(legs) > 1
        parties: list[Party] = [leg.party for leg in legs]
        self._arrival = Arrival(parties)
        self._likeness = Likeness(legs)
        self._voices = Voices(parties)
        self._swap = SwapTest()
        self._is_swapped = False

    def sound(self, item: AudioFrame | AudioGap) -> list[Finding]:
        """The next piece of a leg."""
        if not self._is_watched:
            return []
        return [*self._arrival.take(item), *self._likeness.take(item)]

    def words(self, event: Decided, signals: Sequence[Signal]) -> list[Finding]:
        """What was decided next, and what was found in it."""
        if not self._is_watched:
            return []
        found = self._voices.hear(event, self._arrival)
        if self._swap.hear([one for one in signals if isinstance(one, RoleSignal)]):
            self._is_swapped = True
            found.append(Finding("legs-swapped", event.decided_ms))
        return found

    def exchanged(self, at_ms: int) -> list[Finding]:
        """Somebody said which leg is whose: it is not asked again."""
        self._swap.end()
        found = self._voices.forget(at_ms)
        if self._is_swapped:
            self._is_swapped = False
            found.append(Finding("legs-swapped", at_ms, restored=True))
        return found
