"""Whether two legs carry the same sound: mono that was doubled, or a mix on both channels.

Compared second by second at the same positions. Of each second every eighth sample is taken: what is the same stays the
same, and two people speaking stay unlike (correlation of different speech is within 0.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import sqrt
from operator import mul

from assist.legs.findings import Finding
from assist.messages import AudioFrame, AudioGap, Leg, Party

SAMPLE_BYTES = 2
THINNED = 8
"""Of so many samples one is looked at."""
SAME = 0.95
"""Correlation, in size, from which on two seconds are the same: a channel's own coding and gain leave more."""
UNLIKE = 0.5
SECONDS = 5
"""With speech in them, running, that decide."""
LOUD = 100.0
"""Root mean square from which on a second counts as speech or other sound, of 32,768 (-50 dBFS)."""
KEPT_SECONDS = 10
"""Of a leg that is ahead of the other; older ones are not compared."""


class _Thinned:
    """The whole seconds of one leg, thinned, by their place on the call clock."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pieces: list[bytes] = []
        self._held = 0
        """Samples in them."""
        self._first = 0
        """Place of the first sample held, counted from the beginning of the call."""
        self._end_ms = 0
        self.seconds: deque[tuple[int, Sequence[int]]] = deque(maxlen=KEPT_SECONDS)

    def take(self, item: AudioFrame | AudioGap) -> None:
        if isinstance(item, AudioGap):
            return
        if abs(item.start_ms - self._end_ms) > 1:  # a gap lies before it: the second that it cut is not compared
            self._pieces, self._held = [], 0
            self._first = item.start_ms * self._rate_hz // 1000
        self._pieces.append(item.pcm)
        self._held += len(item.pcm) // SAMPLE_BYTES
        self._end_ms = (self._first + self._held) * 1000 // self._rate_hz
        if self._held >= self._to_whole_second + self._rate_hz:
            self._cut()

    @property
    def _to_whole_second(self) -> int:
        """Samples until the next second of the call begins."""
        return -self._first % self._rate_hz

    def _cut(self) -> None:
        """Take whole seconds out of what is held."""
        samples = memoryview(b"".join(self._pieces)).cast("h")
        start = self._to_whole_second
        while start + self._rate_hz <= self._held:
            second = (self._first + start) // self._rate_hz
            self.seconds.append((second, samples[start : start + self._rate_hz : THINNED].tolist()))
            start += self._rate_hz
        self._first += start
        self._held -= start
        self._pieces = [samples[start:].tobytes()]


class Likeness:
    """Finds two legs of one rate that carry the same sound."""

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._legs: dict[Party, _Thinned] = {leg.party: _Thinned(leg.rate_hz) for leg in legs}
        self._is_comparable = len(legs) == 2 and legs[0].rate_hz == legs[1].rate_hz
        self._same = 0
        self._unlike = 0
        self._is_found = False

    def take(self, item: AudioFrame | AudioGap) -> list[Finding]:
        """The next piece of a leg."""
        if not self._is_comparable:
            return []
        self._legs[item.party].take(item)
        one, other = (leg.seconds for leg in self._legs.values())
        found: list[Finding] = []
        while one and other:
            if one[0][0] < other[0][0]:
                one.popleft()
            elif other[0][0] < one[0][0]:
                other.popleft()
            else:
                second, samples = one.popleft()
                found += self._compare(second, samples, other.popleft()[1])
        return found

    def _compare(self, second: int, one: Sequence[int], other: Sequence[int]) -> list[Finding]:
        like = correlation(one, other)
        if like is None:
            return []
        self._same = self._same + 1 if like >= SAME else 0
        self._unlike = self._unlike + 1 if like <= UNLIKE else 0
        is_changed = self._unlike >= SECONDS if self._is_found else self._same >= SECONDS
        if not is_changed:
            return []
        self._is_found = not self._is_found
        return [Finding("legs-identical", (second + 1) * 1000, restored=not self._is_found)]


def correlation(one: Sequence[int], other: Sequence[int]) -> float | None:
    """Of two runs of samples, 0 to 1 whatever their level and sign; None where both are quiet."""
    powers = [sum(map(mul, run, run)) for run in (one, other)]
    least = LOUD * LOUD * len(one)
    if max(powers) < least:
        return None
    if min(powers) == 0:
        return 0.0
    return abs(sum(map(mul, one, other))) / sqrt(powers[0] * powers[1])
