"""Operators on what the models found in an utterance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assist.messages import (
    ActSignal,
    EmotionSignal,
    EntitySignal,
    Evidence,
    IntentSignal,
    Trend,
    Utterance,
)
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import number_in
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.spans import mean_confidence

MIN_INTENSITY = 1
_FEN_PER_YUAN = 100
_FEN = frozenset(("amount",))
"""Entities whose normal form counts hundredths of what people say."""

_MAX_DIGITS = 15
"""Longer ones are names (of people, of accounts) and not numbers."""
_ROUNDING = 1e-6

TextSignal = IntentSignal | ActSignal | EmotionSignal | EntitySignal


@dataclass(frozen=True, slots=True)
class IntentFound(Operator):
    """``intent``: the words want, or mention beside that, one of some intents."""

    who: Who
    min_confidence: float
    labels: tuple[str, ...]
    min_score: float = 0.0
    primary_only: bool = False

    def observe(self, moment: Moment) -> tuple[IntentFound, Finding]:
        found = [
            signal
            for signal in moment.signals
            if isinstance(signal, IntentSignal)
            and signal.label in self.labels
            and signal.score >= self.min_score
            and (signal.is_primary or not self.primary_only)
        ]
        return self, _finding(found, moment, self.who, self.min_confidence)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class ActFound(Operator):
    """``act``: the words do one of some things in the dialogue."""

    who: Who
    min_confidence: float
    labels: tuple[str, ...]
    min_score: float = 0.0

    def observe(self, moment: Moment) -> tuple[ActFound, Finding]:
        found = [
            signal
            for signal in moment.signals
            if isinstance(signal, ActSignal) and signal.label in self.labels and signal.score >= self.min_score
        ]
        return self, _finding(found, moment, self.who, self.min_confidence)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class EmotionFelt(Operator):
    """``emotion``: a party feels so as of this utterance, and has felt so over its last ones."""

    who: Who
    min_confidence: float
    labels: tuple[str, ...]
    min_score: float = 0.0
    min_intensity: int = MIN_INTENSITY
    """Of feelings other than neutral, 1 slight to 3 strong."""
    for_utterances: int = 1
    for_ms: int = 0
    """From the beginning of the first of them to the end of the last."""
    heard_in: Literal["any", "words", "voice"] = "any"
    felt: tuple[Evidence, ...] = ()
    """The utterances in a row that were felt so, the last ones."""

    def observe(self, moment: Moment) -> tuple[EmotionFelt, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        found = [one for one in moment.signals if isinstance(one, EmotionSignal) and self._counts(one)]
        finding = _finding(found, moment, self.who, self.min_confidence)
        if not self.has_to_last:
            return self, finding
        if finding.truth is Truth.FALSE:
            return (replace(self, felt=()) if self.felt else self), NOTHING
        felt = (*self.felt, *finding.evidence)[-(MAX_REMEMBERED if self.for_ms else self.for_utterances) :]
        is_long = len(felt) >= self.for_utterances and felt[-1].end_ms - felt[0].start_ms >= self.for_ms
        return replace(self, felt=felt), Finding(finding.truth, felt) if is_long else NOTHING

    @property
    def has_to_last(self) -> bool:
        """Whether one utterance is not enough."""
        return self.for_utterances > 1 or self.for_ms > 0

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    def _counts(self, signal: EmotionSignal) -> bool:
        return (
            signal.label in self.labels
            and signal.score >= self.min_score
            and (signal.intensity >= self.min_intensity or signal.intensity == 0)
            and (self.heard_in == "any" or self.heard_in in signal.heard_in)
        )


@dataclass(frozen=True, slots=True)
class EmotionTrend(Operator):
    """``emotion_trend``: a party's unpleasant feelings have been rising (falling, steady) over its last utterances."""

    who: Who
    min_confidence: float
    direction: Trend

    def observe(self, moment: Moment) -> tuple[EmotionTrend, Finding]:
        found = [
            signal for signal in moment.signals if isinstance(signal, EmotionSignal) and signal.trend == self.direction
        ]
        return self, _finding(found, moment, self.who, self.min_confidence)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class EmotionSlope(Operator):
    """``emotion_trend`` with ``over_utterances``: so steep is the line through a party's unpleasantness."""

    who: Who
    min_confidence: float
    direction: Trend
    over: int
    """Utterances with a feeling, the last ones of the party."""
    min_slope: float
    """Change of valence (-1 to 1) from one utterance to the next."""
    felt: tuple[tuple[float, Evidence], ...] = ()
    """Valence of each, oldest first, of all parties looked at."""

    def observe(self, moment: Moment) -> tuple[EmotionSlope, Finding]:
        utterance = moment.utterance
        feeling = next((one for one in moment.signals if isinstance(one, EmotionSignal)), None)
        if utterance is None or feeling is None or not moment.speaks(self.who):
            return self, NOTHING
        own = [one for one in self.felt if one[1].party == utterance.party]
        others = [one for one in self.felt if one[1].party != utterance.party]
        own = [*own, (feeling.valence, Evidence.of(utterance))][-self.over :]
        after = replace(self, felt=(*others, *own))
        if len(own) < self.over or not self._is_so(slope([-valence for valence, _ in own])):
            return after, NOTHING
        evidence = tuple(piece for _, piece in own)
        is_heard = all((piece.confidence or 0.0) >= self.min_confidence for piece in evidence)
        return after, Finding(Truth.TRUE if is_heard else Truth.UNKNOWN, evidence)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    def _is_so(self, rise: float) -> bool:
        match self.direction:
            case "rising":
                return rise >= self.min_slope
            case "falling":
                return -rise >= self.min_slope
            case "steady":
                return abs(rise) < self.min_slope


def slope(values: Sequence[float]) -> float:
    """Of the line of least squares, from one value to the next; at least two values."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return rise / sum((place - middle) ** 2 for place in range(len(values)))


@dataclass(frozen=True, slots=True)
class EntityFound(Operator):
    """``entity``: the words name something of a kind, perhaps with some value."""

    who: Who
    min_confidence: float
    labels: tuple[str, ...]
    values: tuple[str, ...] = ()
    """Normal forms; none: any value will do."""
    least: float | None = None
    most: float | None = None
    above_fact: str = ""
    """Path of a fact that the value has to exceed; unknown while the fact is."""
    below_fact: str = ""
    same_as_fact: str = ""
    """Path of a fact that the value has to be; unknown while the fact is."""
    other_than_fact: str = ""
    tolerance: float = 0.0
    """How far two numbers may lie apart and still be the same."""

    def observe(self, moment: Moment) -> tuple[EntityFound, Finding]:
        named = [one for one in moment.signals if isinstance(one, EntitySignal) and one.label in self.labels]
        certain = [one for one in named if self._fits(one, moment) is Truth.TRUE]
        if certain:
            return self, _finding(certain, moment, self.who, self.min_confidence)
        perhaps = [one for one in named if self._fits(one, moment) is Truth.UNKNOWN]
        finding = _finding(perhaps, moment, self.who, self.min_confidence)
        return self, Finding(min(finding.truth, Truth.UNKNOWN), finding.evidence)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    def _fits(self, signal: EntitySignal, moment: Moment) -> Truth:
        if self.values and signal.value not in self.values:
            return Truth.FALSE
        return min(self._is_within(signal, moment), self._is_as_told(signal, moment))

    def _is_within(self, signal: EntitySignal, moment: Moment) -> Truth:
        bounds = (self.least, self.most, *(self._fact(path, moment) for path in (self.above_fact, self.below_fact)))
        if all(bound is None for bound in bounds) and not (self.above_fact or self.below_fact):
            return Truth.TRUE
        value = _quantity(signal)
        least, most, above, below = bounds
        if value is None or (self.above_fact and above is None) or (self.below_fact and below is None):
            return Truth.UNKNOWN
        is_within = (
            (least is None or value >= least)
            and (most is None or value <= most)
            and (above is None or value > above)
            and (below is None or value < below)
        )
        return Truth.TRUE if is_within else Truth.FALSE

    def _is_as_told(self, signal: EntitySignal, moment: Moment) -> Truth:
        path = self.same_as_fact or self.other_than_fact
        if not path:
            return Truth.TRUE
        told = moment.facts.get(path)
        if told is None:
            return Truth.UNKNOWN
        value, number = _quantity(signal), number_in(told)
        if value is None or len(signal.value) > _MAX_DIGITS:
            is_same = signal.value == told.strip()
        elif number is None:
            return Truth.UNKNOWN
        else:
            is_same = abs(value - number) <= self.tolerance + _ROUNDING
        return Truth.TRUE if is_same is bool(self.same_as_fact) else Truth.FALSE

    @staticmethod
    def _fact(path: str, moment: Moment) -> float | None:
        return number_in(moment.facts.get(path, ""))


def _quantity(signal: EntitySignal) -> float | None:
    """The number that people say, in yuan and not in fen."""
    value = number_in(signal.value)
    return value if value is None or signal.label not in _FEN else value / _FEN_PER_YUAN


def _finding(signals: Sequence[TextSignal], moment: Moment, who: Who, min_confidence: float) -> Finding:
    """True where signals of that party were found in words that were heard well, unknown in others."""
    utterance = moment.utterance
    if utterance is None or not signals or not moment.speaks(who):
        return NOTHING
    sure = max(mean_confidence(utterance, signal.span) for signal in signals)
    return Finding(Truth.TRUE if sure >= min_confidence else Truth.UNKNOWN, tuple(_evidence(signals, utterance)))


def _evidence(signals: Iterable[TextSignal], utterance: Utterance) -> Iterable[Evidence]:
    """One piece per place."""
    places: set[tuple[int, int]] = set()
    for signal in signals:
        place = (signal.start_ms, signal.end_ms)
        if place not in places:
            places.add(place)
            yield Evidence(
                kind="utterance",
                party=utterance.party,
                utterance_id=utterance.utterance_id,
                start_ms=signal.start_ms,
                end_ms=signal.end_ms,
                quote=signal.quote or utterance.text,
                confidence=utterance.confidence,
            )
