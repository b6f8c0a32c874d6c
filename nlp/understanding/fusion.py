"""From the scores of both halves of the model to probabilities that hold, and to the labels that are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OneLabel:
    """A head of which exactly one label holds."""

    labels: tuple[str, ...]
    encoder: float
    """Weight of the encoder's logits."""
    linear: float
    """Weight of the linear model's scores."""
    bias: tuple[float, ...]
    """Per label, added to its score: training makes rare labels likelier than they are."""
    thresholds: tuple[float, ...]
    """Per label: the probability below which the model abstains."""

    def probabilities(self, encoder: Float32Array, linear: Float32Array) -> Float32Array:
        """(…, labels) in and out; sums to 1."""
        logits = self.encoder * encoder + self.linear * linear + np.asarray(self.bias, np.float32)
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


@dataclass(frozen=True, slots=True)
class ManyLabels:
    """A head of which any number of labels hold."""

    labels: tuple[str, ...]
    scale: float
    shift: float
    threshold: float
    """Probability from which on a label is said."""

    def probabilities(self, logits: Float32Array) -> Float32Array:
        """(…, labels) in and out, each on its own."""
        odds = np.exp(-(self.scale * logits + self.shift))
        return (1 / (1 + odds)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Fusion:
    """All heads; the linear model scores intent, emotion and act, in that order."""

    intent: OneLabel
    mentions: ManyLabels
    emotion: OneLabel
    act: OneLabel
    acts: ManyLabels
    entities: tuple[str, ...]
    entity_thresholds: tuple[float, ...]
    """Per entity: the mean probability of its tags from which on it is said."""

    def linear_parts(self, scores: Float32Array) -> Sequence[Float32Array]:
        """(…, labels of all three) apart: intent, emotion, act."""
        ends = np.cumsum([len(self.intent.labels), len(self.emotion.labels), len(self.act.labels)])
        return scores[..., : ends[0]], scores[..., ends[0] : ends[1]], scores[..., ends[1] : ends[2]]


def read_fusion(stored: Mapping[str, Any]) -> Fusion:
    """From the ``heads`` of a model's ``config.json``."""

    def one(name: str) -> OneLabel:
        head = stored[name]
        return OneLabel(
            tuple(head["labels"]), head["encoder"], head["linear"], tuple(head["bias"]), tuple(head["thresholds"])
        )

    def many(name: str) -> ManyLabels:
        head = stored[name]
        return ManyLabels(tuple(head["labels"]), head["scale"], head["shift"], head["threshold"])

    return Fusion(
        intent=one("intent"),
        mentions=many("mentions"),
        emotion=one("emotion"),
        act=one("act"),
        acts=many("acts"),
        entities=tuple(stored["entities"]["labels"]),
        entity_thresholds=tuple(stored["entities"]["thresholds"]),
    )
