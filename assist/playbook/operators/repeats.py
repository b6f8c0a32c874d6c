"""Whether somebody says what was said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from assist.measures import spoken_chars
from assist.messages import Evidence, Utterance
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.phrase import Phrase

_MAX_TEXTS = 4_096
"""Texts and pairs of them that are kept prepared."""


@dataclass(frozen=True, slots=True)
class Repeats(Operator):
    """``repeats``: a party says, for the ``nth`` time among its (or the other's) last utterances, much the same."""

    who: Who
    min_confidence: float
    of_other: bool
    last_turns: int
    """How many utterances are remembered, short ones left out."""
    min_similarity: int
    """0 to 100: least likeness of the characters, in their order."""
    nth: int
    min_chars: int
    excepted: tuple[Phrase, ...]
    """Utterances that hold one of these are left out."""
    said: tuple[Utterance, ...] = ()

    def observe(self, moment: Moment) -> tuple[Repeats, Finding]:
        utterance = moment.utterance
        if utterance is None or spoken_chars(utterance.text) < self.min_chars or self._is_excepted(moment):
            return self, NOTHING
        after = self._with((*self.said, utterance)[-2 * self.last_turns :])
        if not moment.speaks(self.who):
            return after, NOTHING
        own = [one for one in self.said if (one.party != utterance.party) is self.of_other][-self.last_turns :]
        alike = [one for one in own if _likeness(one.text, utterance.text) >= self.min_similarity]
        if len(alike) + 1 < self.nth:
            return after, NOTHING
        said = (*alike, utterance)
        is_heard = all(one.confidence >= self.min_confidence for one in said)
        return after, Finding(Truth.TRUE if is_heard else Truth.UNKNOWN, tuple(Evidence.of(one) for one in said))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    @property
    def phrases(self) -> Iterable[Phrase]:
        return self.excepted

    def _with(self, said: tuple[Utterance, ...]) -> Repeats:
        """Spelt out: it happens at nearly every utterance, and ``replace`` takes five times as long."""
        return Repeats(
            self.who,
            self.min_confidence,
            self.of_other,
            self.last_turns,
            self.min_similarity,
            self.nth,
            self.min_chars,
            self.excepted,
            said,
        )

    def _is_excepted(self, moment: Moment) -> bool:
        if not self.excepted:
            return False
        labels = {phrase.text for phrase in self.excepted}
        return any(signal.label in labels and signal.match == "exact" for signal in moment.phrases)


@lru_cache(maxsize=_MAX_TEXTS)
def _likeness(text: str, other: str) -> float:
    """0 to 100; the same for all rules that listen for repetition."""
    return fuzz.ratio(_spoken(text), _spoken(other))


@lru_cache(maxsize=_MAX_TEXTS)
def _spoken(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
