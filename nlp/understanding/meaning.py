"""How sentences of a set are told from all else that people say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assist.playbook import Meaning

Float32Array = NDArray[np.float32]

FILE = "meaning.npz"
"""In the directory of a model; one without it compares no meanings."""
LEAST_SCORE = 0.3
"""Likeness that is worth a signal."""
SHRINKAGE = 0.2
"""Of the mean variance, added to every direction: what varies little is not known to say much."""
WITHIN = 0.5
"""What sentences that mean the same vary in, of what a set is measured by; the rest is what ordinary turns vary in."""
EVEN_SHRINKAGE = 0.05
"""The same where nearness is measured."""
NEIGHBOURS = 2
"""How many of a set's sentences on either side tell which side an utterance is nearer to."""
RARE, RARE_SCORE = 0.05, 0.42
RARER, RARER_SCORE = 0.005, 0.92
"""What a turn scores that such a share of ordinary turns beats in likeness; others lie on the line through both."""
_STEPS = 127
_PARTIES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """Where ordinary turns lie, and how sentences vary that mean the same: what sets are measured by."""

    ordinary: Mapping[str, Float32Array]
    """Vectors of ordinary turns of ``agent`` and ``customer``, (turns, width)."""
    within: Mapping[str, NDArray[np.float64]]
    """How sentences that mean the same vary, of each party: (width, width), the covariance within many sets."""

    def ordinary_of(self, who: str) -> Float32Array:
        """What a set of that party has to stand out from."""
        return self.ordinary[who] if who in self.ordinary else np.concatenate(list(self.ordinary.values()))

    def within_of(self, who: str) -> NDArray[np.float64]:
        """What says nothing about whether a sentence belongs to a set of that party."""
        return self.within[who] if who in self.within else np.mean(list(self.within.values()), axis=0)


@dataclass(frozen=True, slots=True)
class Sides:
    """The sentences of one set by which near misses are told, (sentences, width), each of length 1."""

    examples: Float32Array
    unlike: Float32Array

    def takes(self, place: Float32Array) -> bool:
        """Whether the nearest examples are as near as the nearest counter-examples."""
        return not len(self.unlike) or _nearness(self.examples @ place) >= _nearness(self.unlike @ place)


@dataclass(frozen=True, slots=True)
class MeaningHeads:
    """The sets of one party as directions in which their sentences stand out from ordinary turns."""

    meanings: Sequence[Meaning]
    weights: Float32Array
    """(width, sets)"""
    offsets: Float32Array
    """(sets,)"""
    centre: Float32Array
    """(width,): the mean of ordinary turns."""
    evenness: Float32Array
    """(width, width), symmetric: makes ordinary turns vary alike in all directions."""
    sides: Sequence[Sides]
    """Of each set."""

    def scores(self, vector: Float32Array) -> Iterator[tuple[Meaning, float]]:
        """The sets that an utterance is like enough, with their scores, 0 to 1."""
        found: Float32Array = np.clip(vector @ self.weights + self.offsets, 0, 1)
        like: list[int] = np.flatnonzero(found >= LEAST_SCORE).tolist()
        if not like:
            return
        place = _unit(np.asarray((vector - self.centre) @ self.evenness, np.float32))
        for at in like:
            if self.sides[at].takes(place):
                yield self.meanings[at], float(found[at])


def fit_heads(
    meanings: Sequence[Meaning], vectors: Mapping[tuple[str, str], Float32Array], space: MeaningSpace
) -> dict[str, MeaningHeads]:
    """By ``Meaning.who``. ``vectors`` of all their sentences, by party and text.

    Linear discriminants: between the mean of the examples and that of ordinary turns and counter-examples, two thirds
    and one third, measured by how ordinary turns vary and how sentences do that mean the same.
    """
    heads: dict[str, MeaningHeads] = {}
    for who in sorted({one.who for one in meanings}):
        own = [one for one in meanings if one.who == who]
        ordinary = space.ordinary_of(who)
        middle = ordinary.mean(axis=0)
        read = [(_rows(vectors, one, one.examples), _rows(vectors, one, one.unlike)) for one in own]
        apart = np.stack([_apart(examples, unlike, middle) for examples, unlike in read], axis=1)
        spread = np.cov(ordinary, rowvar=False)
        measure = WITHIN * space.within_of(who) + (1 - WITHIN) * spread
        weights = np.linalg.solve(_shrunk(measure, SHRINKAGE), apart)
        found = ordinary @ weights
        rare, rarer = np.quantile(found, [1 - RARE, 1 - RARER], axis=0)
        slope = (RARER_SCORE - RARE_SCORE) / np.maximum(rarer - rare, np.finfo(np.float32).tiny)
        variances, axes = np.linalg.eigh(_shrunk(spread, EVEN_SHRINKAGE))
        evenness = ((axes / np.sqrt(variances)) @ axes.T).astype(np.float32)
        heads[who] = MeaningHeads(
            meanings=own,
            weights=(weights * slope).astype(np.float32),
            offsets=(RARE_SCORE - rare * slope).astype(np.float32),
            centre=middle,
            evenness=evenness,
            sides=[
                Sides(*(_unit((rows.reshape(-1, len(middle)) - middle) @ evenness) for rows in pair)) for pair in read
            ],
        )
    return heads


def _rows(vectors: Mapping[tuple[str, str], Float32Array], meaning: Meaning, texts: Sequence[str]) -> Float32Array:
    return np.array([vectors[speaker_of(meaning), text] for text in texts], np.float32)


def _apart(examples: Float32Array, unlike: Float32Array, middle: Float32Array) -> Float32Array:
    other = (2 * middle + unlike.mean(axis=0)) / 3 if len(unlike) else middle
    return examples.mean(axis=0) - other


def _shrunk(spread: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return spread + share * np.trace(spread) / len(spread) * np.eye(len(spread))


def _unit(places: Float32Array) -> Float32Array:
    return places / np.maximum(np.linalg.norm(places, axis=-1, keepdims=True), np.finfo(np.float32).tiny)


def _nearness(likeness: Float32Array) -> float:
    return float(np.sort(likeness)[-NEIGHBOURS:].mean())


def speaker_of(meaning: Meaning) -> str:
    """Who its sentences are read as said by."""
    return "mixed" if meaning.who == "any" else meaning.who


def load_space(path: Path) -> MeaningSpace:
    """From the file that ``save_space`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        centre, step = stored["centre"], stored["step"]
        ordinary = {who: stored[who] * step + centre for who in _PARTIES}
        within = {who: stored[f"within_{who}"].astype(np.float64) for who in _PARTIES}
        return MeaningSpace(ordinary, within)


def save_space(space: MeaningSpace, path: Path) -> None:
    """Ordinary turns in steps of a 127th of the farthest from their centre, covariances in 16 bits."""
    centre = np.concatenate(list(space.ordinary.values())).mean(axis=0)
    apart = {who: vectors - centre for who, vectors in space.ordinary.items()}
    step = np.max([np.abs(vectors).max(axis=0) for vectors in apart.values()], axis=0) / _STEPS
    ordinary = {who: np.rint(vectors / step).astype(np.int8) for who, vectors in apart.items()}
    within = {f"within_{who}": spread.astype(np.float16) for who, spread in space.within.items()}
    arrays: dict[str, Any] = {**ordinary, **within}
    np.savez(path, centre=centre, step=step.astype(np.float32), **arrays)
