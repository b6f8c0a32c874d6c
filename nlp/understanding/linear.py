"""The linear half of the model: term frequencies by inverse document frequencies, times a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.understanding.features import turn_features

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Scores of every label of several heads, side by side."""

    rows: Mapping[str, int]
    """Feature, row of the matrix."""
    rarity: Float32Array
    """(features,): inverse document frequency."""
    weights: NDArray[np.int8]
    """(features, labels), in units of ``scales``."""
    scales: Float32Array
    """(labels,)"""
    bias: Float32Array
    """(labels,)"""

    def scores(self, text: str, previous: str, party: str) -> Float32Array:
        """(labels,): logits."""
        rows, values = self.frequencies(turn_features(text, previous, party))
        return (values @ self.weights[rows].astype(np.float32)) * self.scales + self.bias

    def frequencies(self, found: Mapping[str, int]) -> tuple[NDArray[np.intp], Float32Array]:
        """Rows of the features that the model knows, and how much each is worth, together of length 1; may be none."""
        pairs = [(row, count) for name, count in found.items() if count and (row := self.rows.get(name)) is not None]
        rows = np.array([row for row, _ in pairs], np.intp)
        values = (1 + np.log(np.array([count for _, count in pairs], np.float32))) * self.rarity[rows]
        return rows, values / max(float(np.linalg.norm(values)), np.finfo(np.float32).tiny)


def load_linear(path: Path) -> LinearModel:
    """From the ``.npz`` file that ``save_linear`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        names = bytes(stored["names"]).decode().split("\n")
        return LinearModel(
            rows={name: row for row, name in enumerate(names)},
            rarity=stored["rarity"].astype(np.float32),
            weights=stored["weights"],
            scales=stored["scales"],
            bias=stored["bias"],
        )


def save_linear(model: LinearModel, path: Path) -> None:
    """Compressed; feature names hold no line break."""
    names = "\n".join(model.rows)
    np.savez_compressed(
        path,
        names=np.frombuffer(names.encode(), np.uint8),
        rarity=model.rarity.astype(np.float16),
        weights=model.weights,
        scales=model.scales,
        bias=model.bias,
    )
