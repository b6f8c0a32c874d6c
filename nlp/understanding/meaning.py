"""How like the meaning of an utterance is to that of example sentences, by the encoder's vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assist.playbook import Meaning

Float32Array = NDArray[np.float32]

FILE = "meaning.npz"
"""In the directory of a model; one without it compares no meanings."""
LEAST_SCORE = 0.3
"""Likeness that is worth a signal."""
UNLIKE_SHARE = 0.25
"""How much of the likeness to the nearest counter-example is taken off."""


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """Where turns lie by what they mean, and how likely two places mean the same.

    The encoder's vectors share most of their direction and vary most in what everybody talks about: they are centred
    on ordinary turns, cut to the directions in which these differ most, and those evened out.
    """

    centre: Float32Array
    """(width,)"""
    directions: Float32Array
    """(width, places)"""
    slope: float
    middle: float
    """Likeness that is worth a score of one half."""

    def places(self, vectors: Float32Array) -> Float32Array:
        """(turns, width) of the encoder to (turns, places), each of length 1."""
        found = (vectors - self.centre) @ self.directions
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.finfo(np.float32).tiny)

    def score(self, likeness: float) -> float:
        """0 to 1; 0.5 at ``middle``."""
        return float(1 / (1 + np.exp(-self.slope * (likeness - self.middle))))


@dataclass(frozen=True, slots=True)
class PlacedMeaning:
    """The sentences of one set as places, (sentences, places) each."""

    meaning: Meaning
    examples: Float32Array
    unlike: Float32Array

    def likeness(self, place: Float32Array) -> float:
        """To the nearest example and to all of them, half each, less some of that to the nearest counter-example."""
        like = self.examples @ place
        found = (float(like.max()) + float(like.mean())) / 2
        near = float((self.unlike @ place).max()) if len(self.unlike) else 0.0
        return found - UNLIKE_SHARE * max(0.0, near)


def scores_of(
    placed: Sequence[PlacedMeaning], space: MeaningSpace, place: Float32Array, party: str
) -> Iterator[tuple[Meaning, float]]:
    """The sets of that party that an utterance is like enough, with their scores."""
    for one in placed:
        if one.meaning.who in (party, "any"):
            score = space.score(one.likeness(place))
            if score >= LEAST_SCORE:
                yield one.meaning, score


def placed_meanings(meanings: Sequence[Meaning], places: Mapping[tuple[str, str], Float32Array]) -> list[PlacedMeaning]:
    """``places`` of all their sentences, by party and text."""

    def rows(meaning: Meaning, texts: Sequence[str]) -> Float32Array:
        found = [places[speaker_of(meaning), text] for text in texts]
        return np.stack(found) if found else np.empty((0, 0), np.float32)

    return [PlacedMeaning(one, rows(one, one.examples), rows(one, one.unlike)) for one in meanings]


def speaker_of(meaning: Meaning) -> str:
    """Who its sentences are read as said by."""
    return "mixed" if meaning.who == "any" else meaning.who


def load_space(path: Path) -> MeaningSpace:
    """From the file that ``save_space`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        slope, middle = stored["curve"].tolist()
        return MeaningSpace(stored["centre"], stored["directions"], slope, middle)


def save_space(space: MeaningSpace, path: Path) -> None:
    curve = np.array([space.slope, space.middle], np.float32)
    np.savez(path, centre=space.centre, directions=space.directions, curve=curve)
