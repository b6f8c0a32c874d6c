"""What every operator is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.playbook.moment import EVERY_MOMENT, Finding, Moment, MomentKind, Who
from assist.playbook.phrase import Phrase

SURE_STRETCH = 0.5
"""Mean confidence below which a few characters in a row may have been other ones."""


class Operator(ABC):
    """A condition that watches a call.

    An operator is a frozen value: it holds its parameters and what it remembers. ``observe`` gives the operator as it
    is after one more moment, so that a run can be kept, copied and compared like any other value.
    """

    __slots__ = ()

    @abstractmethod
    def observe(self, moment: Moment) -> tuple[Operator, Finding]:
        """Take in one moment; every moment of the call is given exactly once, in order."""

    @property
    def parts(self) -> tuple[Operator, ...]:
        """The operators inside this one."""
        return ()

    @property
    def moments(self) -> frozenset[MomentKind]:
        """Kinds of moments at which it can be true."""
        return EVERY_MOMENT

    @property
    def phrases(self) -> Iterable[Phrase]:
        """What has to be listened for."""
        return (phrase for part in self.parts for phrase in part.phrases)


def leaves_doubt(moment: Moment, who: Who, min_confidence: float) -> bool:
    """Whether something was or may have been said that may have been anything: badly heard, or lost.

    A few words of an utterance are enough, since what is waited for may be as short. Lost is what a recogniser failed
    on, and sound that is missing.
    """
    if any(who in (gap.party, "any") for gap in moment.gaps):
        return True
    if moment.dropped is not None:
        return moment.dropped.reason == "recogniser-failed" and who in (moment.dropped.party, "any")
    if moment.utterance is None or not moment.speaks(who):
        return False
    if spoken_chars(moment.utterance.text) <= BACK_CHANNEL_CHARS:
        return False
    return moment.utterance.confidence < min_confidence or moment.weakest < SURE_STRETCH
