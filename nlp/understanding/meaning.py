"""Where turns lie by what they mean, and how sentences of a set are told from all else that people say."""

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
SHRINKAGE = 0.1
"""Of the mean variance, added to every direction: what varies little is not known to say much."""
RARE, RARE_SCORE = 0.05, 0.3
RARER, RARER_SCORE = 0.005, 0.7
"""What a turn scores that such a share of ordinary turns beats in likeness; others lie on the line through both."""
_STEPS = 127


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """Where turns lie by what they mean, and where ordinary turns do.

    The encoder's vectors share most of their direction and vary most in what everybody talks about: places are centred
    on ordinary turns, cut to the directions in which these differ most, and those evened out.
    """

    centre: Float32Array
    """(width,)"""
    directions: Float32Array
    """(width, places)"""
    ordinary: Mapping[str, Float32Array]
    """Vectors of ordinary turns of ``agent`` and ``customer``, (turns, width)."""

    def places(self, vectors: Float32Array) -> Float32Array:
        """(turns, width) of the encoder to (turns, places), each of length 1."""
        found = (vectors - self.centre) @ self.directions
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.finfo(np.float32).tiny)

    def ordinary_of(self, who: str) -> Float32Array:
        """What a set of that party has to stand out from."""
        return self.ordinary[who] if who in self.ordinary else np.concatenate(list(self.ordinary.values()))


@dataclass(frozen=True, slots=True)
class MeaningHeads:
    """The sets of one party as directions in which their sentences stand out from ordinary turns."""

    meanings: Sequence[Meaning]
    weights: Float32Array
    """(width, sets)"""
    offsets: Float32Array
    """(sets,)"""

    def scores(self, vector: Float32Array) -> Iterator[tuple[Meaning, float]]:
        """The sets that an utterance is like enough, with their scores, 0 to 1."""
        found = np.clip(vector @ self.weights + self.offsets, 0, 1)
        for at in np.flatnonzero(found >= LEAST_SCORE):
            yield self.meanings[at], float(found[at])


def fit_heads(
    meanings: Sequence[Meaning], vectors: Mapping[tuple[str, str], Float32Array], space: MeaningSpace
) -> dict[str, MeaningHeads]:
    """By ``Meaning.who``. ``vectors`` of all their sentences, by party and text.

    Linear discriminants: between the mean of the examples and that of ordinary turns and counter-examples, half each,
    measured by how ordinary turns vary.
    """
    heads: dict[str, MeaningHeads] = {}
    for who in sorted({one.who for one in meanings}):
        own = [one for one in meanings if one.who == who]
        ordinary = space.ordinary_of(who)
        middle = ordinary.mean(axis=0)

        def mean(meaning: Meaning, texts: Sequence[str]) -> Float32Array:
            return np.mean([vectors[speaker_of(meaning), text] for text in texts], axis=0)

        apart = np.stack(
            [mean(one, one.examples) - ((middle + mean(one, one.unlike)) / 2 if one.unlike else middle) for one in own],
            axis=1,
        )
        spread = np.cov(ordinary, rowvar=False)
        spread[np.diag_indices_from(spread)] += SHRINKAGE * np.trace(spread) / len(spread)
        heads[who] = _scaled(own, np.linalg.solve(spread, apart), ordinary)
    return heads


def _scaled(meanings: Sequence[Meaning], weights: NDArray[np.float64], ordinary: Float32Array) -> MeaningHeads:
    found = ordinary @ weights
    rare, rarer = np.quantile(found, [1 - RARE, 1 - RARER], axis=0)
    slope = (RARER_SCORE - RARE_SCORE) / np.maximum(rarer - rare, np.finfo(np.float32).tiny)
    return MeaningHeads(meanings, (weights * slope).astype(np.float32), (RARE_SCORE - rare * slope).astype(np.float32))


def speaker_of(meaning: Meaning) -> str:
    """Who its sentences are read as said by."""
    return "mixed" if meaning.who == "any" else meaning.who


def load_space(path: Path) -> MeaningSpace:
    """From the file that ``save_space`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        centre, step = stored["centre"], stored["step"]
        ordinary = {who: stored[who] * step + centre for who in ("agent", "customer")}
        return MeaningSpace(centre, stored["directions"], ordinary)


def save_space(space: MeaningSpace, path: Path) -> None:
    """Ordinary turns in steps of a 127th of the farthest in each direction."""
    apart = {who: vectors - space.centre for who, vectors in space.ordinary.items()}
    step = np.max([np.abs(vectors).max(axis=0) for vectors in apart.values()], axis=0) / _STEPS
    ordinary = {who: np.rint(vectors / step).astype(np.int8) for who, vectors in apart.items()}
    np.savez(path, centre=space.centre, directions=space.directions, step=step.astype(np.float32), **ordinary)
