"""Operators on the words of one utterance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

from assist.measures import spoken_chars
from assist.messages import Evidence, PhraseSignal, Utterance
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.phrase import Phrase
from assist.playbook.spans import lowest_confidence, mean_confidence

MAX_PLACES = 4
"""Of one phrase in one utterance that nearness is judged by, the first ones."""


@dataclass(frozen=True, slots=True)
class PhraseSaid(Operator):
    """``phrase``: an utterance holds (or does not hold) given words. The four tests given are joined with *and*."""

    who: Who
    min_confidence: float
    any_of: tuple[Phrase, ...] = ()
    all_of: tuple[Phrase, ...] = ()
    none_of: tuple[Phrase, ...] = ()
    at_least: int = 0
    at_least_of: tuple[Phrase, ...] = ()
    near_chars: int | None = None
    """Most characters between one phrase of ``all_of`` and the next; None: anywhere in the utterance."""
    in_order: bool = False
    """The phrases of ``all_of`` come one after the other as listed."""

    def observe(self, moment: Moment) -> tuple[PhraseSaid, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        tests = [
            _hits_of(phrases, needed, moment.utterance, moment.phrases, self.min_confidence)
            for phrases, needed in (
                (self.any_of, 1),
                (self.all_of, len(self.all_of)),
                (self.at_least_of, self.at_least),
            )
            if phrases
        ]
        truth = min((test.truth for test in tests), default=Truth.TRUE)
        if self.none_of:
            excluded = _hits_of(self.none_of, 1, moment.utterance, moment.phrases, self.min_confidence)
            truth = min(truth, excluded.truth.negated())
        if truth is Truth.FALSE or not self._stand_together(moment.phrases):
            return self, NOTHING
        return self, Finding(truth, tuple(piece for test in tests for piece in test.evidence))

    def _stand_together(self, signals: tuple[PhraseSignal, ...]) -> bool:
        """Whether ``all_of`` was said as near and in the order as asked for."""
        if self.near_chars is None and not self.in_order:
            return True
        places = [[one.span for one in signals if one.span and _counts(phrase, one)] for phrase in self.all_of]
        chosen = product(*(spans[:MAX_PLACES] for spans in places))
        return any(self._is_near(spans if self.in_order else tuple(sorted(spans))) for spans in chosen)

    def _is_near(self, spans: tuple[tuple[int, int], ...]) -> bool:
        return all(
            later[0] >= earlier[1] and (self.near_chars is None or later[0] - earlier[1] <= self.near_chars)
            for earlier, later in pairwise(spans)
        )

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    @property
    def phrases(self) -> Iterable[Phrase]:
        return (*self.any_of, *self.all_of, *self.none_of, *self.at_least_of)


@dataclass(frozen=True, slots=True)
class Length(Operator):
    """``length``: an utterance has at least and at most so many spoken characters."""

    who: Who
    min_chars: int
    max_chars: int | None

    def observe(self, moment: Moment) -> tuple[Length, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        chars = spoken_chars(moment.utterance.text)
        if chars < self.min_chars or (self.max_chars is not None and chars > self.max_chars):
            return self, NOTHING
        return self, Finding(Truth.TRUE, (Evidence.of(moment.utterance),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


def _hits_of(
    phrases: tuple[Phrase, ...],
    needed: int,
    utterance: Utterance,
    signals: tuple[PhraseSignal, ...],
    min_confidence: float,
) -> Finding:
    """Whether at least ``needed`` of the phrases were said: surely, perhaps, or not."""
    heard = {signal.label for signal in signals}
    certain: list[PhraseSignal] = []
    doubtful: list[PhraseSignal] = []
    for phrase in phrases:
        if phrase.text not in heard:
            continue
        hits = [signal for signal in signals if _counts(phrase, signal)]
        if hits:
            best = max(hits, key=lambda signal: mean_confidence(utterance, signal.span))
            (certain if mean_confidence(utterance, best.span) >= min_confidence else doubtful).append(best)
    if len(certain) >= needed:
        return Finding(Truth.TRUE, _evidence(utterance, certain))
    if len(certain) + len(doubtful) >= needed:
        return Finding(Truth.UNKNOWN, _evidence(utterance, [*certain, *doubtful]))
    return NOTHING


def _counts(phrase: Phrase, signal: PhraseSignal) -> bool:
    """Whether a signal is a hit of this very phrase: its analyser may have listened on behalf of a laxer rule."""
    if signal.label != phrase.text:
        return False
    return signal.match == "exact" or (phrase.sounds_like and signal.score * 100 >= phrase.min_score)


def _evidence(utterance: Utterance, signals: list[PhraseSignal]) -> tuple[Evidence, ...]:
    """One piece per place, the longest phrase there; what was said as written comes before what only sounded so."""
    places: list[PhraseSignal] = []
    for signal in sorted(signals, key=lambda signal: (signal.match, signal.start_ms, -signal.end_ms)):
        if not any(place.start_ms <= signal.start_ms and signal.end_ms <= place.end_ms for place in places):
            places.append(signal)
    return tuple(
        Evidence(
            kind="utterance",
            party=utterance.party,
            utterance_id=utterance.utterance_id,
            start_ms=place.start_ms,
            end_ms=place.end_ms,
            quote=place.quote,
            confidence=lowest_confidence(utterance, place.span),
        )
        for place in places
    )
