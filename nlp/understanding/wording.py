"""How sentences of a large set are worded, and what utterances are worded so.

A few dozen sentences say what a set means (``nlp.understanding.meaning``), only hundreds say in which words people come
to it: a need is told as a story, and the one word that gives it away is in the middle.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# scipy has no types of its own.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assist.playbook import Meaning
from nlp.understanding.features import word_features
from nlp.understanding.linear import LinearModel
from nlp.understanding.repair import HomophoneRepair

Float32Array = NDArray[np.float32]

FILE = "wording.npz"
"""In the directory of a model; one without it compares vectors whatever the size of a set."""
ENOUGH = 96
"""Examples of a set from which on it is told by its words: fewer teach words that nobody else uses."""
PENALTY = 0.3
"""What a weight costs, beside an error."""
RARE, RARE_SCORE = 0.05, 0.3
RARER, RARER_SCORE = 0.005, 0.6
"""What a turn scores that such a share of ordinary turns beats; others lie on the line through both.

Two thirds of what is like a set by vectors: in calls these sets speak up more often than in ordinary turns, rightly.
"""
LEAST_SCORE = RARE_SCORE
"""Likeness that is worth a signal."""
_PARTIES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of turns as rows of features, and those of ordinary turns, from which a set has to stand out."""

    linear: LinearModel
    repair: HomophoneRepair
    ordinary: Mapping[str, Any]
    """Sparse (turns, features) of ``agent`` and ``customer``, every turn of length 1."""

    def read(self, text: str) -> tuple[NDArray[np.intp], Float32Array]:
        """Rows and values of the features of one utterance, the values of length 1 together."""
        return self.linear.frequencies(word_features(self.repair.repaired(text)))

    def table(self, texts: Sequence[str]) -> Any:
        """Sparse (texts, features)."""
        from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]  # only playbooks of large sets need it

        read = [self.read(text) for text in texts]
        ends = np.cumsum([0, *(len(rows) for rows, _ in read)])
        rows, values = (np.concatenate([one[at] for one in read] or [np.empty(0)]) for at in (0, 1))
        return sparse.csr_array((values, rows.astype(np.int32), ends), shape=(len(texts), len(self.linear.rows)))

    def ordinary_of(self, who: str) -> Any:
        """What a set of that party has to stand out from."""
        from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

        return self.ordinary[who] if who in self.ordinary else sparse.vstack(list(self.ordinary.values())).tocsr()


@dataclass(frozen=True, slots=True)
class WordedHeads:
    """The large sets of one party, as what every feature speaks for them."""

    meanings: Sequence[Meaning]
    weights: Float32Array
    """(features, sets)"""
    offsets: Float32Array
    """(sets,)"""

    def scores(self, rows: NDArray[np.intp], values: Float32Array) -> Iterator[tuple[Meaning, float]]:
        """The sets that an utterance is like enough, with their scores, 0 to 1."""
        found = np.clip(values @ self.weights[rows] + self.offsets, 0, 1)
        for at in np.flatnonzero(found >= LEAST_SCORE).tolist():
            yield self.meanings[at], float(found[at])


def is_large(meaning: Meaning) -> bool:
    """Whether a set has sentences enough to be told by their words."""
    return len(meaning.examples) >= ENOUGH


def fit_worded(meanings: Sequence[Meaning], wording: Wording) -> dict[str, WordedHeads]:
    """By ``Meaning.who``: least squares with a penalty, examples against counter-examples and ordinary turns.

    Every second ordinary turn teaches, the others say how rare a score is: those that teach are told too well. A set is
    fitted for itself, so that editing one moves no other.
    """
    heads: dict[str, WordedHeads] = {}
    for who in sorted({one.who for one in meanings}):
        own = [one for one in meanings if one.who == who]
        ordinary = wording.ordinary_of(who)
        taught = _Taught(ordinary[::2])
        fitted = [
            _scaled(*taught.with_set(wording.table(one.examples), wording.table(one.unlike)), ordinary[1::2])
            for one in own
        ]
        weights = np.stack([weights for weights, _ in fitted], axis=1)
        heads[who] = WordedHeads(own, weights, np.array([offset for _, offset in fitted], np.float32))
    return heads


class _Taught:
    """What ordinary turns teach, the same for all sets: solved once."""

    def __init__(self, ordinary: Any) -> None:
        """``ordinary``: sparse (turns, features)."""
        self._ordinary = ordinary
        self._inverse = np.linalg.inv(_alike(ordinary, ordinary) + PENALTY * np.eye(ordinary.shape[0]))

    def with_set(self, examples: Any, unlike: Any) -> tuple[NDArray[np.float64], float]:
        """Weights (features,) and offset of the set: ordinary turns and ``unlike`` at -1, ``examples`` at 1.

        The kernel of ordinary turns is bordered by that of the set's sentences (block inverse by Schur's complement).
        """
        from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

        own = sparse.vstack([examples, unlike]).tocsr()
        wanted = np.concatenate([np.ones(examples.shape[0]), -np.ones(unlike.shape[0])])
        between = _alike(own, self._ordinary)
        of_ordinary = self._inverse @ -np.ones(self._ordinary.shape[0])
        carried = self._inverse @ between.T
        rest = _alike(own, own) + PENALTY * np.eye(len(wanted)) - between @ carried
        by_own = np.linalg.solve(rest, wanted - between @ of_ordinary)
        by_ordinary = of_ordinary - carried @ by_own
        return own.T @ by_own + self._ordinary.T @ by_ordinary, float(by_own.sum() + by_ordinary.sum())


def _alike(some: Any, others: Any) -> NDArray[np.float64]:
    """(some, others): how alike their features are, and one for the offset."""
    return (some @ others.T).toarray().astype(np.float64) + 1


def _scaled(weights: NDArray[np.float64], offset: float, ordinary: Any) -> tuple[Float32Array, float]:
    rare, rarer = np.quantile(ordinary @ weights + offset, [1 - RARE, 1 - RARER])
    slope = (RARER_SCORE - RARE_SCORE) / max(rarer - rare, np.finfo(np.float32).tiny)
    return (weights * slope).astype(np.float32), RARE_SCORE + (offset - rare) * slope


def load_wording(path: Path, linear: LinearModel, repair: HomophoneRepair) -> Wording:
    """From the file that ``save_wording`` wrote. Raises LookupError if it belongs to another linear half."""
    from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

    ordinary: dict[str, Any] = {}
    with np.load(path, allow_pickle=False) as stored:
        if int(stored["features"]) != len(linear.rows):
            raise LookupError(f"{path.name} has {int(stored['features'])} features, linear.npz {len(linear.rows)}")
        for who in _PARTIES:
            rows, ends = stored[f"{who}_rows"].astype(np.int32), stored[f"{who}_ends"]
            values = stored[f"{who}_values"].astype(np.float32)
            ordinary[who] = sparse.csr_array((values, rows, ends), shape=(len(ends) - 1, len(linear.rows)))
    return Wording(linear, repair, ordinary)


def save_wording(wording: Wording, path: Path) -> None:
    """Compressed, values in 16 bits."""
    arrays: dict[str, Any] = {"features": len(wording.linear.rows)}
    for who, table in wording.ordinary.items():
        arrays |= {f"{who}_rows": table.indices.astype(np.uint16), f"{who}_ends": table.indptr.astype(np.int32)}
        arrays[f"{who}_values"] = table.data.astype(np.float16)
    np.savez_compressed(path, **arrays)
