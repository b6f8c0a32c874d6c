"""Whether agent and customer are the wrong way round, by what is said on their legs: Wald's sequential test.

Every utterance that seems to be the agent's or the customer's weighs for "right" or for "swapped" by the odds of its
role. The test ends as soon as the sum leaves the bounds that its two errors set; what is said later than
``WATCHED_MS`` is not asked, so that a call whose beginning says nothing stays undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from assist.messages import Party, RoleSignal

WATCHED_MS = 120_000
"""Of a call: utterances that begin later are not asked who seems to say them."""
FALSE_ALARMS = 0.001
"""Calls that are right and found swapped, of all, by the test's own bound; docs/nlp.md has what was measured."""
MISSES = 0.01
"""Swapped calls that are found right, of those that are decided."""
FOUND = log((1 - MISSES) / FALSE_ALARMS)
RIGHT = log(MISSES / (1 - FALSE_ALARMS))
WEIGHT = 0.6
"""Of one utterance's log odds: the utterances of a call are alike, and not as much evidence as independent ones."""
MOST = 2.5
"""Log odds that one utterance may count at most: a single odd sentence decides nothing."""


class SwapTest:
    """The test of one call."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._is_over = False

    def hear(self, signals: Sequence[RoleSignal]) -> bool:
        """What the next utterance seems to be; whether it proves that the legs are swapped."""
        for signal in signals:
            if self._is_over or signal.party not in ("agent", "customer"):
                continue
            self._sum += weight_of(signal.label, signal.score, signal.party)
            self._is_over = not RIGHT < self._sum < FOUND
            if self._sum >= FOUND:
                return True
        return False

    def end(self) -> None:
        """Somebody has decided; nothing more is asked."""
        self._is_over = True


def weight_of(label: str, score: float, party: Party) -> float:
    """Evidence that the legs are swapped, of an utterance on that party's leg; negative: that they are right."""
    odds = log(score / max(1e-6, 1 - score))
    weight = min(MOST, max(-MOST, odds)) * WEIGHT
    return weight if label != party else -weight
