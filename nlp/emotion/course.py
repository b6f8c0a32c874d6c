"""The course of one party's feelings over a call: a pure fold over its utterances.

A feeling is entered with two utterances of its side in a row, or with one whose side is nearly certain, and left with
two neutral ones: a single odd word or tone changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from assist.messages import EmotionEvidence, Trend, VoiceReading
from nlp.emotion.fusion import (
    AROUSAL,
    NEUTRAL,
    UNSURE,
    VALENCE,
    FusionWeights,
    Shares,
    WordsFeeling,
    fuse,
    negative_share,
    side_of,
    voice_share,
    words_shares,
)
from nlp.emotion.own_voice import Deviation, OwnVoice

CERTAIN = 0.8
"""Probability of a side with which one utterance is enough."""
CALM_AFTER = 2
"""Neutral utterances that end a feeling."""
TREND_OVER = 5
"""Utterances."""
_TREND_SLOPE = 0.08
"""Change of the negative probability per utterance that is worth telling."""
_NEWEST_WEIGHT = 0.6
"""Of the newest utterance against the one before."""
_SPEAKS_FOR_IT = 0.4
"""Probability of a side from which on words or voice speak for it."""
_STRONG_ACTIVATION = 0.7
"""Makes a feeling one step more intense than its words."""
_AROUSAL_OF_ACTIVATION = 0.3
_QUOTE_CHARACTERS = 40
_MAX_INTENSITY = 3


Witness = Literal["words", "voice"]


@dataclass(frozen=True, slots=True)
class Feeling:
    """How a party feels as of an utterance: the fields of ``assist.messages.EmotionSignal``."""

    label: str
    score: float
    """0 to 1"""
    intensity: int
    """0 for neutral, else 1 to 3."""
    valence: float
    """-1 to 1"""
    arousal: float
    """0 to 1"""
    trend: Trend
    heard_in: tuple[Witness, ...]
    evidence: tuple[EmotionEvidence, ...]


@dataclass(frozen=True, slots=True)
class EmotionCourse:
    """One party up to its latest utterance."""

    weights: FusionWeights = field(default_factory=FusionWeights)
    label: str = NEUTRAL
    """The feeling that is held."""
    intensity: int = 0
    calm: int = 0
    """Neutral utterances in a row."""
    heard_in: tuple[Witness, ...] = ("words",)
    """What the feeling rests on; while neither speaks for it any more, what it rested on."""
    latest: Shares | None = None
    """Of the last utterance; None before any."""
    negatives: tuple[float, ...] = ()
    """Negative probability of the last utterances, the newest last."""
    own_voice: OwnVoice = field(default_factory=OwnVoice)

    def next(self, words: WordsFeeling, voice: VoiceReading | None = None) -> tuple[EmotionCourse, Feeling]:
        """The course after the party's next utterance, and the feeling as of it."""
        characters = sum(character.isalnum() for character in words.text)
        deviation = self.own_voice.deviation(voice, characters) if voice else Deviation()
        shares = fuse(words, voice, deviation, self.weights)
        label, calm = self._held(shares)
        by_words = _side_share(words_shares(words), label)
        by_voice = voice_share(voice, label) if voice and side_of(label) != UNSURE else 0.0
        course = replace(
            self,
            label=label,
            calm=calm,
            heard_in=_witnesses(by_words, by_voice) or self.heard_in,
            intensity=self._intensity(label, calm, words, deviation),
            latest=shares,
            negatives=(*self.negatives, negative_share(shares))[-TREND_OVER:],
        )
        if voice and (label == NEUTRAL or not self.own_voice.is_known):
            course = replace(course, own_voice=self.own_voice.with_utterance(voice, characters))
        evidence = () if label == NEUTRAL else _evidence(by_words, words.text, deviation)
        return course, course._feeling(self._smoothed(shares), deviation, evidence)

    def _held(self, shares: Shares) -> tuple[str, int]:
        """The feeling to be held now, and the number of neutral utterances in a row."""
        likeliest = _likeliest(shares)
        if likeliest == NEUTRAL:
            calm = min(self.calm + 1, CALM_AFTER)
            return (NEUTRAL if calm >= CALM_AFTER else self.label), calm
        if _side_share(shares, likeliest) >= CERTAIN:
            return likeliest, 0
        before = self.latest
        if before is None or side_of(_likeliest(before)) != side_of(likeliest):
            return self.label, 0
        both = {code: before[code] + share for code, share in shares.items() if side_of(code) == side_of(likeliest)}
        return _likeliest(both), 0

    def _intensity(self, label: str, calm: int, words: WordsFeeling, deviation: Deviation) -> int:
        if label == NEUTRAL:
            return 0
        if calm:
            return max(1, self.intensity - 1)
        strong = int(deviation.activation >= _STRONG_ACTIVATION)
        return min(max(words.intensity, 1) + strong, _MAX_INTENSITY)

    def _smoothed(self, shares: Shares) -> Shares:
        before = self.latest or shares
        return {code: _NEWEST_WEIGHT * share + (1 - _NEWEST_WEIGHT) * before[code] for code, share in shares.items()}

    def _feeling(self, smoothed: Shares, deviation: Deviation, evidence: tuple[EmotionEvidence, ...]) -> Feeling:
        latest = self.latest or smoothed
        arousal = sum(share * AROUSAL[code] for code, share in smoothed.items())
        return Feeling(
            label=self.label,
            score=round(max(latest[self.label], smoothed[self.label]), 3),
            intensity=self.intensity,
            valence=round(sum(share * VALENCE[code] for code, share in smoothed.items()), 3),
            arousal=round(min(max(arousal + _AROUSAL_OF_ACTIVATION * deviation.activation, 0.0), 1.0), 3),
            trend=_trend(self.negatives),
            heard_in=self.heard_in,
            evidence=evidence,
        )


def _likeliest(shares: Shares) -> str:
    return max(shares, key=lambda code: shares[code])


def _side_share(shares: Shares, label: str) -> float:
    return sum(share for code, share in shares.items() if side_of(code) == side_of(label))


def _witnesses(by_words: float, by_voice: float) -> tuple[Witness, ...]:
    """Who speaks for a feeling."""
    speaking: tuple[tuple[Witness, float], ...] = (("words", by_words), ("voice", by_voice))
    return tuple(witness for witness, share in speaking if share >= _SPEAKS_FOR_IT)


def _evidence(by_words: float, text: str, deviation: Deviation) -> tuple[EmotionEvidence, ...]:
    """The strongest first."""
    found = deviation.evidence()
    if by_words >= _SPEAKS_FOR_IT and text:
        found.append((by_words, EmotionEvidence(kind="words", quote=text[:_QUOTE_CHARACTERS])))
    return tuple(evidence for _, evidence in sorted(found, key=lambda pair: pair[0], reverse=True))


def _trend(values: tuple[float, ...]) -> Trend:
    """The slope of the line of least squares."""
    if len(values) < CALM_AFTER + 1:
        return "steady"
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    slope = rise / sum((place - middle) ** 2 for place in range(len(values)))
    if abs(slope) < _TREND_SLOPE:
        return "steady"
    return "rising" if slope > 0 else "falling"
