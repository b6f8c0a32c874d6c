"""Fits what ``nlp.understanding.fusion`` needs: how far to trust each half, and when to say nothing."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from nlp.understanding.fusion import Float32Array, ManyLabels, OneLabel

IntArray = NDArray[np.int_]

_STEPS = 200
_LEAST_PRECISION = 0.6
"""A label is said where at least so many of its like are right."""
_LEAST_SUPPORT = 8
_BIAS_PENALTY = 0.1
"""Of the mean square of a head's biases, against the log-loss; by cross-validation on development turns."""


def fit_one(
    labels: Sequence[str], encoder: Float32Array, linear: Float32Array, true: IntArray, *, rarity: float = 0.0
) -> OneLabel:
    """The weights and biases of least log-loss, and thresholds; (items, labels) twice, (items,).

    ``rarity``: how much more an item of a rare label counts, as a power of how rare it is; above 0 the probabilities
    are no longer calibrated.
    """
    counts = torch.bincount(torch.from_numpy(true), minlength=len(labels)).clamp(min=1).to(torch.float32)
    worth = counts**-rarity
    weights = torch.tensor([0.7, 0.3], requires_grad=True)
    bias = torch.zeros(len(labels), requires_grad=True)
    deep, flat, wanted = torch.from_numpy(encoder), torch.from_numpy(linear), torch.from_numpy(true)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(weights[0] * deep + weights[1] * flat + bias, wanted, worth)
        value = value + _BIAS_PENALTY * (bias**2).mean()
        value.backward()
        return value

    optimiser.step(loss)  # pyright: ignore[reportArgumentType]
    deep_weight, flat_weight = (max(0.0, float(weight)) for weight in weights.detach())
    biases = tuple(round(float(one), 3) for one in bias.detach())
    head = OneLabel(tuple(labels), deep_weight, flat_weight, biases, (0.0,) * len(labels))
    return replace(head, thresholds=_thresholds(head.probabilities(encoder, linear), true))


def fit_many(labels: Sequence[str], logits: Float32Array, true: NDArray[np.bool_]) -> ManyLabels:
    """Platt's line and the threshold of the best micro F1; (items, labels) twice."""
    line = torch.tensor([1.0, 0.0], requires_grad=True)
    given, wanted = torch.from_numpy(logits), torch.from_numpy(true.astype(np.float32))
    optimiser = torch.optim.LBFGS([line], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(line[0] * given + line[1], wanted)
        value.backward()
        return value

    optimiser.step(loss)  # pyright: ignore[reportArgumentType]
    scale, shift = (float(value) for value in line.detach())
    head = ManyLabels(tuple(labels), scale, shift, 0.5)
    probabilities = head.probabilities(logits)

    def f1(threshold: float) -> float:
        found = probabilities >= threshold
        return 2 * float((found & true).sum()) / max(1.0, float(found.sum() + true.sum()))

    return ManyLabels(head.labels, scale, shift, max((step / 50 for step in range(5, 45)), key=f1))


def _thresholds(probabilities: Float32Array, true: IntArray) -> tuple[float, ...]:
    """Per label the lowest probability above which enough claims are right; that of all labels where few were seen."""
    claimed, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    general = _threshold(confidence, claimed == true)
    found: list[float] = []
    for label in range(probabilities.shape[1]):
        own = claimed == label
        is_known = own.sum() >= _LEAST_SUPPORT
        found.append(_threshold(confidence[own], (claimed == true)[own]) if is_known else general)
    return tuple(round(threshold, 3) for threshold in found)


def _threshold(confidence: Float32Array, is_right: NDArray[np.bool_]) -> float:
    """Among the least sure of those above it, at least ``_LEAST_PRECISION`` are right."""
    order = np.argsort(confidence)
    right, sure = is_right[order], confidence[order]
    window = max(_LEAST_SUPPORT, len(right) // 5)
    for at in range(len(right)):
        if right[at : at + window].mean() >= _LEAST_PRECISION:
            return float(sure[at]) if at else 0.0
    return float(sure[-1])
