"""Fits the linear half: one logistic regression per head over characters and sounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from models.train.scenes import Turn
from nlp.understanding.features import turn_features
from nlp.understanding.linear import LinearModel


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """How many features it keeps, and how freely it fits."""

    features: int = 30_000
    freedom: float = 10.0
    """Inverse of the regularisation."""


def fit_linear(
    turns: Sequence[Turn], heads: Sequence[tuple[Sequence[int | None], int]], settings: LinearSettings
) -> LinearModel:
    """``heads``: for each its label per turn (None: not trained on) and how many labels there are."""
    counts = [turn_features(turn.text, turn.previous_text, turn.party) for turn in turns]
    rows, rarity = vocabulary(counts, settings.features)
    table = feature_table(counts, rows, rarity)
    weights: list[NDArray[np.float32]] = []
    bias: list[NDArray[np.float32]] = []
    for labels, count in heads:
        own_weights, own_bias = _fit_head(table, labels, count, settings)
        weights.append(own_weights)
        bias.append(own_bias)
    matrix = np.concatenate(weights, axis=1)
    scales = np.maximum(np.abs(matrix).max(axis=0), 1e-9).astype(np.float32) / 127
    return LinearModel(
        rows=rows,
        rarity=rarity,
        weights=np.rint(matrix / scales).astype(np.int8),
        scales=scales,
        bias=np.concatenate(bias),
    )


def vocabulary(counts: Sequence[Counter[str]], most: int) -> tuple[dict[str, int], NDArray[np.float32]]:
    """The features that most turns have, each with its row, and how rare each is."""
    documents = Counter(name for found in counts for name in found)
    kept = [name for name, count in documents.most_common(most) if count > 1]
    rows = {name: row for row, name in enumerate(sorted(kept))}
    rarity = np.array([np.log((1 + len(counts)) / (1 + documents[name])) + 1 for name in rows], np.float32)
    return rows, rarity


def _fit_head(
    table: Any, labels: Sequence[int | None], count: int, settings: LinearSettings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    used = np.array([place for place, label in enumerate(labels) if label is not None])
    model: Any = cast(Any, LogisticRegression)(C=settings.freedom, class_weight="balanced", max_iter=300)
    model.fit(table[used], np.array([label for label in labels if label is not None]))
    weights: NDArray[np.float32] = np.zeros((int(table.shape[1]), count), np.float32)
    bias = np.full(count, -20.0, np.float32)
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias


def feature_table(counts: Sequence[Counter[str]], rows: Mapping[str, int], rarity: NDArray[np.float32]) -> Any:
    """(turns, features), each row of length 1, as ``LinearModel.scores`` makes it."""
    at: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for place, found in enumerate(counts):
        pairs = [(rows[name], 1 + np.log(count)) for name, count in found.items() if name in rows and count]
        known = np.array([value * rarity[row] for row, value in pairs], np.float32)
        length = float(np.linalg.norm(known)) or 1.0
        at += [place] * len(pairs)
        columns += [row for row, _ in pairs]
        values += list(known / length)
    sparse: Any = cast(Any, scipy.sparse)
    return sparse.csr_matrix((values, (at, columns)), shape=(len(counts), len(rows)))
