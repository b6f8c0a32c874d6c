"""The two voices of one mixed leg: who says which utterance, and which earlier ones that puts right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from asr.audio.samples import Float32Array
from asr.speakers.model import MIN_SPEECH_MS, NAME, Voiceprint
from asr.speakers.parting import BoolArray, divide, voices_of
from assist.messages import SpeakerChange, SpeakerLabel, SpeakerReading

MOST_PIECES = 240
"""Of which the division is made anew, some ten minutes of speech; from then on the two voices stay as they are."""
_NARROW_LIMIT = 0.72
_WIDE_LIMIT = 0.52
"""Cosine of two halves of a call below which they are two voices; what telephones cut off makes all voices alike."""
_UNSURE_HALF = 0.14
"""What is asked beyond that of a second voice of which one second was heard; half of it for two seconds."""
_LEAST_HALF_S = 0.3
_MARGIN = 0.08
"""How much nearer an utterance, or a part of it, must be to one voice than to the other."""
_MOST_S = 10.0
"""Of speech that counts of one utterance."""


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """Bounds of one leg's voices."""

    most_pieces: int = MOST_PIECES


class TwoVoices:
    """Of one leg, in memory only. The same utterances in the same order give the same readings."""

    def __init__(self, settings: SpeakerSettings | None = None) -> None:
        self._settings = settings or SpeakerSettings()
        self._ids: list[str] = []
        """Utterances that are divided."""
        self._owners: list[int] = []
        """Of each piece, its place in ``_ids``."""
        self._vectors: list[Float32Array] = []
        self._weights: list[float] = []
        self._narrow_s = 0.0
        """Speech that sounds like a telephone's, less speech that does not."""
        self._is_second: BoolArray | None = None
        """Of the pieces; None while one voice is known."""
        self._told: dict[str, SpeakerLabel] = {}

    def hear(self, utterance_id: str, print_: Voiceprint | None, speech_ms: int) -> SpeakerReading:
        """The next utterance. None, or too little speech: nobody can tell who says it."""
        if print_ is None or speech_ms < MIN_SPEECH_MS:
            return SpeakerReading(speaker="unsure", source=NAME)
        if len(self._vectors) + len(print_.pieces) > self._settings.most_pieces:
            return SpeakerReading(speaker=self._as_known(print_), source=NAME)
        self._keep(utterance_id, print_, min(speech_ms / 1000, _MOST_S))
        labels = dict(self._labels())
        changes = tuple(
            SpeakerChange(utterance_id=one, speaker=labels[one]) for one in self._told if self._told[one] != labels[one]
        )
        self._told = labels
        return SpeakerReading(speaker=labels[utterance_id], earlier=changes, source=NAME)

    def _keep(self, utterance_id: str, print_: Voiceprint, speech_s: float) -> None:
        self._narrow_s += speech_s if print_.is_narrow else -speech_s
        self._owners += [len(self._ids)] * len(print_.pieces)
        self._ids.append(utterance_id)
        self._vectors += list(print_.pieces)
        self._weights += [speech_s / len(print_.pieces)] * len(print_.pieces)
        self._is_second = self._divided()

    def _divided(self) -> BoolArray | None:
        """Which pieces are the second voice's; None where one voice says all of them."""
        if len(self._vectors) < 2:
            return None
        vectors, weights = self._pieces()
        is_second = divide(vectors, weights, self._is_second)
        if is_second[0]:  # the first voice is the one that is heard first
            is_second = ~is_second
        least_s = float(min(weights[is_second].sum(), weights[~is_second].sum()))
        if least_s == 0.0:
            return None
        first, second = _unit(voices_of(vectors, weights, is_second))
        limit = _NARROW_LIMIT if self._narrow_s > 0 else _WIDE_LIMIT
        return is_second if first @ second < limit - _UNSURE_HALF / max(least_s, _LEAST_HALF_S) else None

    def _labels(self) -> Iterator[tuple[str, SpeakerLabel]]:
        if self._is_second is None:
            for utterance_id in self._ids:
                yield utterance_id, "unsure"
            return
        nearer = self._nearer(np.stack(self._vectors))
        weights, owners = np.array(self._weights, np.float32), np.array(self._owners)
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        for utterance_id, own, weight in zip(
            self._ids, np.split(nearer, starts[1:]), np.split(weights, starts[1:]), strict=True
        ):
            yield utterance_id, _label(own, weight)

    def _as_known(self, print_: Voiceprint) -> SpeakerLabel:
        """By voices that stay as they are."""
        if self._is_second is None:
            return "unsure"
        return _label(self._nearer(print_.pieces), np.ones(len(print_.pieces), np.float32))

    def _nearer(self, vectors: Float32Array) -> Float32Array:
        """How much nearer each is to the second voice than to the first."""
        assert self._is_second is not None
        first, second = _unit(voices_of(*self._pieces(), self._is_second))
        return vectors @ (second - first)

    def _pieces(self) -> tuple[Float32Array, Float32Array]:
        return np.stack(self._vectors), np.array(self._weights, np.float32)


def _label(nearer: Float32Array, weights: Float32Array) -> SpeakerLabel:
    """Of an utterance by its pieces."""
    if nearer.max() >= _MARGIN and nearer.min() <= -_MARGIN:
        return "both"
    mean = float(np.average(nearer, weights=weights))
    if ((nearer > 0).any() and (nearer < 0).any()) or abs(mean) < _MARGIN:
        return "unsure"
    return "b" if mean > 0 else "a"


def _unit(vectors: Float32Array) -> Float32Array:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
