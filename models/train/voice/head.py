"""Fits the linear model: multinomial logistic regression with an L2 penalty, deterministic, in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.audio.samples import Float32Array

Float64Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

_MOST_STEPS = 1_000
_SMALLEST_STEP = 1e-6
_SMALLEST_SCALE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """Scores are ``(features - centre) / scale @ weights.T + bias``, with NaN standing for the centre."""

    centre: Float64Array
    scale: Float64Array
    weights: Float64Array
    bias: Float64Array

    def scores(self, features: Float32Array) -> Float64Array:
        """Shape (items, n) in; (items, classes) out."""
        return _standard(features, self.centre, self.scale) @ self.weights.T + self.bias


def fit_head(features: Float32Array, labels: IntArray, penalty: float) -> LinearHead:
    """Of ``features``, shape (items, n), and ``labels``, 0 to classes - 1. All classes count alike.

    ``penalty`` is the weight of the squared weights against the mean loss.
    """
    centre: Float64Array = np.asarray(np.nanmean(features, axis=0, dtype=np.float64))
    scale = np.maximum(np.nanstd(features, axis=0, dtype=np.float64), _SMALLEST_SCALE)
    known = _standard(features, centre, scale)
    classes = int(labels.max()) + 1
    counts = np.bincount(labels, minlength=classes)
    importance = (len(labels) / (classes * counts))[labels, None] / len(labels)
    # Weights that lose least lie among the items: where there are fewer of these than features, the fit is as exact
    # and quicker in their coordinates.
    _, _, axes = np.linalg.svd(known, full_matrices=False)
    weights, bias = _descend(known @ axes.T, np.eye(classes)[labels], importance, penalty)
    return LinearHead(centre, scale, weights @ axes, bias)


def _descend(
    known: Float64Array, targets: Float64Array, importance: Float64Array, penalty: float
) -> tuple[Float64Array, Float64Array]:
    """Nesterov's accelerated gradient, from nothing."""
    inputs = np.concatenate([known, np.ones((len(known), 1))], axis=1)
    penalties = np.full(inputs.shape[1], penalty)
    penalties[-1] = 0.0
    rate = 1 / (0.5 * np.linalg.norm(np.sqrt(importance) * inputs, 2) ** 2 + penalty)
    weights = ahead = np.zeros((targets.shape[1], inputs.shape[1]))
    momentum = 1.0
    for _ in range(_MOST_STEPS):
        errors = importance * (shares_of(inputs @ ahead.T) - targets)
        stepped = ahead - rate * (errors.T @ inputs + penalties * ahead)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        change = stepped - weights
        ahead = stepped + (momentum - 1) / following * change
        weights, momentum = stepped, following
        if float(np.abs(change).max()) < _SMALLEST_STEP:
            break
    return weights[:, :-1], weights[:, -1]


def shares_of(scores: Float64Array) -> Float64Array:
    """Scores as probabilities, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def fit_temperature(scores: Float64Array, labels: IntArray) -> float:
    """What scores that nothing was fitted on are to be divided by, so that probabilities are what they claim."""
    candidates = np.geomspace(0.3, 5.0, 57)
    rows = np.arange(len(labels))
    losses = [-np.log(shares_of(scores / candidate)[rows, labels] + 1e-12).mean() for candidate in candidates]
    return float(candidates[int(np.argmin(losses))])


def _standard(features: Float32Array, centre: Float64Array, scale: Float64Array) -> Float64Array:
    return np.nan_to_num((features - centre) / scale, nan=0.0)
