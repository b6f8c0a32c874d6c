"""One utterance's feeling from its words and its voice; pure.

Both are taken for independent witnesses: the probabilities by the words are multiplied with those by the voice, which
was taught without a prior, to the power of a weight. The voice knows three sides; which feeling of a side it is, the
words say, and how excited the voice is against its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from assist.messages import VoiceReading
from nlp.emotion.own_voice import Deviation
from nlp.labels import EMOTIONS, codes

NEUTRAL = "neutral"
NEGATIVE = frozenset({"angry", "anxious", "disappointed"})
POSITIVE = frozenset({"happy"})
UNSURE = "unsure"
"""Side of what the voice cannot tell from neutral: confused, hesitant."""

VALENCE: Mapping[str, float] = {
    "neutral": 0.0,
    "happy": 0.8,
    "angry": -0.9,
    "anxious": -0.6,
    "disappointed": -0.7,
    "confused": -0.3,
    "hesitant": -0.1,
}
"""-1 unpleasant to 1 pleasant."""
AROUSAL: Mapping[str, float] = {
    "neutral": 0.2,
    "happy": 0.6,
    "angry": 0.9,
    "anxious": 0.8,
    "disappointed": 0.3,
    "confused": 0.4,
    "hesitant": 0.3,
}
"""0 calm to 1 excited."""

CERTAIN_WORDS = 0.6
"""Confidence of the words below which they count less, in proportion."""
_USUALLY_NEUTRAL = 0.7
"""Where the words are not to be trusted: most utterances are neutral."""
MOST_TRUST_IN_WORDS = 0.9
"""However sure a model of words is, one utterance in ten is of a kind that it was not taught."""
_MOST_TRUST_IN_VOICE = 0.98
_CALM_AROUSAL = 0.4


@dataclass(frozen=True, slots=True)
class WordsFeeling:
    """What the words of an utterance say about the speaker."""

    probabilities: Mapping[str, float]
    """Of the codes of ``nlp.labels.EMOTIONS``; what is missing is 0."""
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    text: str
    confidence: float = 1.0
    """Of the words, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How far the voice is believed beside the words; chosen in docs/nlp-voice.md."""

    voice: float = 0.8
    """Power of its probabilities: 0 not at all, 1 as a witness who knows nothing of the words."""
    activation: float = 1.5
    """Of the voice against its own; a choice, not a measurement."""


Shares = dict[str, float]
"""Probability by code, all codes, adding up to 1."""


def trust_in(confidence: float) -> float:
    """How much the words of an utterance count, 0 to 0.9, by how surely they were heard."""
    return MOST_TRUST_IN_WORDS * min(1.0, max(0.0, confidence) / CERTAIN_WORDS)


def words_shares(words: WordsFeeling) -> Shares:
    """What the words say, as far as they are to be trusted; otherwise what is usual."""
    said = {code: max(0.0, words.probabilities.get(code, 0.0)) for code in codes(EMOTIONS)}
    total = sum(said.values())
    trust = trust_in(words.confidence) if total > 0 else 0.0
    rare = (1 - _USUALLY_NEUTRAL) / (len(said) - 1)
    return {
        code: trust * share / (total or 1.0) + (1 - trust) * (_USUALLY_NEUTRAL if code == NEUTRAL else rare)
        for code, share in said.items()
    }


def fuse(
    words: WordsFeeling, voice: VoiceReading | None, deviation: Deviation, weights: FusionWeights | None = None
) -> Shares:
    """Of one utterance. Without a voice the words alone."""
    weights = weights or FusionWeights()
    said = words_shares(words)
    scores = {code: math.log(share) for code, share in said.items()}
    if voice is not None:
        for code in scores:
            scores[code] += weights.voice * math.log(voice_share(voice, code))
            scores[code] += weights.activation * deviation.activation * (AROUSAL[code] - _CALM_AROUSAL)
    highest = max(scores.values())
    raised = {code: math.exp(score - highest) for code, score in scores.items()}
    total = sum(raised.values())
    return {code: share / total for code, share in raised.items()}


def voice_share(voice: VoiceReading, code: str) -> float:
    """What the voice gives a feeling: its side's probability, never 0."""
    heard = {"negative": voice.negative, "happy": voice.positive}.get(side_of(code), voice.neutral)
    return _MOST_TRUST_IN_VOICE * heard + (1 - _MOST_TRUST_IN_VOICE) / 3


def side_of(code: str) -> str:
    """Feelings of one side confirm each other."""
    if code in NEGATIVE:
        return "negative"
    return code if code == NEUTRAL or code in POSITIVE else UNSURE


def negative_share(shares: Shares) -> float:
    return sum(shares[code] for code in NEGATIVE)
