"""How likely each character is to be right; pure.

A recogniser's own probabilities are too bold, and they don't know of each other: a character between two bad ones is
rarely good. A logistic regression over log odds makes them what they claim to be. Its features depend on the decodes
alone, so the same samples give the same confidence. Fitted and judged by ``bench.calibration``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from asr.text import Character, letters

_MIN_PROBABILITY = 1e-3


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the log odds that a character is right."""

    bias: float
    own: float
    """Of the log odds that the recogniser gives."""
    neighbours: float
    """Of the mean log odds of the characters before and after."""
    utterance: float
    """Of the mean log-probability of all tokens."""
    contradicted: float
    """Where another decode of the same sound has something else."""
    doubtful_below: float
    """Probability under which a word is marked as doubtful."""

    def probability(self, features: Sequence[float]) -> float:
        """Of being right, from what ``features_of`` gives for one character."""
        weights = (self.bias, self.own, self.neighbours, self.utterance, self.contradicted)
        odds = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
        return 1 / (1 + math.exp(-odds))


WHISPER_BASE = Calibration(bias=1.15, own=0.52, neighbours=0.31, utterance=2.3, contradicted=-0.93, doubtful_below=0.6)
"""Whisper base, int8, beam 5, cut vocabulary."""


def features_of(
    characters: Sequence[Character], log_probability: float, other: str | None = None
) -> list[tuple[float, ...]]:
    """One row for each character that is a letter, in the order of the weights of ``Calibration``.

    ``other`` is what another decode of the same sound says.
    """
    spoken = [character for character in characters if character.text.isalnum()]
    if not spoken:
        return []
    odds = [_log_odds(character.confidence) for character in spoken]
    mean = sum(odds) / len(odds)
    sides = [mean, *odds, mean]
    contradicted = _contradicted("".join(character.text for character in spoken), other)
    return [
        (1.0, own, (sides[place] + sides[place + 2]) / 2, log_probability, float(place in contradicted))
        for place, own in enumerate(odds)
    ]


def calibrated(
    characters: Sequence[Character], log_probability: float, calibration: Calibration, other: str | None = None
) -> tuple[Character, ...]:
    """The characters with the probability of being right as their confidence; marks keep theirs."""
    rows = iter(features_of(characters, log_probability, other))
    return tuple(
        replace(character, confidence=calibration.probability(next(rows))) if character.text.isalnum() else character
        for character in characters
    )


def expected_share(characters: Sequence[Character]) -> float:
    """Of right ones among the letters; 1 without any."""
    spoken = [character.confidence for character in characters if character.text.isalnum()]
    return sum(spoken) / len(spoken) if spoken else 1.0


def _contradicted(text: str, other: str | None) -> frozenset[int]:
    """Places of the text where the other one has something else."""
    if other is None:
        return frozenset()
    edits = Levenshtein.opcodes(letters(text), letters(other))
    changed = (range(edit.src_start, edit.src_end) for edit in edits if edit.tag in ("replace", "delete"))
    return frozenset(place for places in changed for place in places)


def _log_odds(probability: float) -> float:
    probability = min(max(probability, _MIN_PROBABILITY), 1 - _MIN_PROBABILITY)
    return math.log(probability / (1 - probability))
