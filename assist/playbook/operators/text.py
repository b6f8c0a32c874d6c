"""Operators on the words of one utterance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from assist.measures import spoken_chars
from assist.messages import Evidence, PhraseSignal, Utterance
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.phrase import Phrase
from assist.playbook.spans import lowest_confidence, mean_confidence

MAX_PLACES = 4
"""Of one phrase in one utterance that nearness is judged by, the first ones."""

Heard = tuple[Utterance, tuple[PhraseSignal, ...]]
"""An utterance and the phrases in it."""


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

    min_hits: int = 1
    """Places at which phrases of ``any_of`` are said."""
    within_utterances: int = 1
    """The words may be spread over so many utterances in a row; true at one that says some of them."""
    said: tuple[Heard, ...] = ()
    """The earlier ones of these, with what counts of them."""

    def observe(self, moment: Moment) -> tuple[PhraseSaid, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        heard: tuple[Heard, ...] = ((moment.utterance, moment.phrases),)
        after = self
        if self.within_utterances > 1:
            needed = (*self.any_of, *self.all_of, *self.at_least_of)
            own = tuple(one for one in moment.phrases if any(_counts(phrase, one) for phrase in self.phrases))
            heard = (*self.said, (moment.utterance, own))
            after = replace(self, said=heard[1 - self.within_utterances :])
            if needed and not any(_counts(phrase, one) for one in own for phrase in needed):
                return after, NOTHING
        tests = [
            _hits_of(phrases, needed, heard, self.min_confidence, min_hits)
            for phrases, needed, min_hits in (
                (self.any_of, 1, self.min_hits),
                (self.all_of, len(self.all_of), 1),
                (self.at_least_of, self.at_least, 1),
            )
            if phrases
        ]
        truth = min((test.truth for test in tests), default=Truth.TRUE)
        if self.none_of:
            truth = min(truth, _hits_of(self.none_of, 1, heard, self.min_confidence).truth.negated())
        if truth is Truth.FALSE or not self._stand_together(moment.phrases):
            return after, NOTHING
        return after, Finding(truth, tuple(piece for test in tests for piece in test.evidence))

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
    """``length``: an utterance has so many spoken characters, and takes so long, at least and at most."""

    who: Who
    min_chars: int
    max_chars: int | None
    min_ms: int = 0
    max_ms: int | None = None

    def observe(self, moment: Moment) -> tuple[Length, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        chars, ms = spoken_chars(moment.utterance.text), moment.utterance.end_ms - moment.utterance.start_ms
        if chars < self.min_chars or (self.max_chars is not None and chars > self.max_chars):
            return self, NOTHING
        if ms < self.min_ms or (self.max_ms is not None and ms > self.max_ms):
            return self, NOTHING
        return self, Finding(Truth.TRUE, (Evidence.of(moment.utterance),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


def _hits_of(
    phrases: tuple[Phrase, ...], needed: int, heard: Sequence[Heard], min_confidence: float, min_hits: int = 1
) -> Finding:
    """Whether at least ``needed`` of the phrases were said, at ``min_hits`` places: surely, perhaps, or not."""
    labels = {signal.label for _, signals in heard for signal in signals}
    certain: list[tuple[Utterance, PhraseSignal]] = []
    doubtful: list[tuple[Utterance, PhraseSignal]] = []
    for phrase in phrases:
        if phrase.text not in labels:
            continue
        hits = [(utterance, one) for utterance, signals in heard for one in signals if _counts(phrase, one)]
        if hits and min_hits == 1:
            hits = [max(hits, key=lambda hit: mean_confidence(hit[0], hit[1].span))]
        for utterance, one in hits:
            is_heard = mean_confidence(utterance, one.span) >= min_confidence
            (certain if is_heard else doubtful).append((utterance, one))
    if min_hits > 1:
        certain, needed = _places(certain), min_hits
        doubtful = [hit for hit in _places([*certain, *doubtful]) if hit not in certain]
    if len(certain) >= needed:
        return Finding(Truth.TRUE, _evidence(certain))
    if len(certain) + len(doubtful) >= needed:
        return Finding(Truth.UNKNOWN, _evidence([*certain, *doubtful]))
    return NOTHING


def _counts(phrase: Phrase, signal: PhraseSignal) -> bool:
    """Whether a signal is a hit of this very phrase: its analyser may have listened on behalf of a laxer rule."""
    if signal.label != phrase.text:
        return False
    return signal.match == "exact" or (phrase.sounds_like and signal.score * 100 >= phrase.min_score)


def _places(hits: Iterable[tuple[Utterance, PhraseSignal]]) -> list[tuple[Utterance, PhraseSignal]]:
    """One hit per place, the longest phrase there; what was said as written comes before what only sounded so."""
    places: list[tuple[Utterance, PhraseSignal]] = []
    for utterance, signal in sorted(hits, key=lambda hit: (hit[1].match, hit[1].start_ms, -hit[1].end_ms)):
        if not any(
            place.start_ms <= signal.start_ms and signal.end_ms <= place.end_ms and other is utterance
            for other, place in places
        ):
            places.append((utterance, signal))
    return places


def _evidence(hits: Iterable[tuple[Utterance, PhraseSignal]]) -> tuple[Evidence, ...]:
    """One piece per place."""
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
        for utterance, place in _places(hits)
    )
