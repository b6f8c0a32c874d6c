"""A text classifier in memory: texts in, probabilities of its labels out. Blocking; calls run it on the engine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.backends.directory import ClassifierConfig

Float32Array = NDArray[np.float32]

MAX_CHARS = 2_048
"""Of one text; of a longer one the last are read."""
MAX_BATCH = 16
_LENGTH_STEP = 16


class TextNetwork(Protocol):
    """What a backend makes of a directory. Safe for use from several threads."""

    def logits(self, texts: Sequence[str]) -> Float32Array:
        """Shape (texts, labels); any text will do."""
        ...


class ClassifierRunner:
    """A classifier behind the engine (``models.engine.Runner``)."""

    def __init__(self, network: TextNetwork, config: ClassifierConfig, name: str) -> None:
        """``name`` is name@version."""
        self._network = network
        self._config = config
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the probabilities."""
        return self._config.labels

    @property
    def is_multi_label(self) -> bool:
        """Whether any number of labels may hold; else exactly one does."""
        return self._config.is_multi_label

    @property
    def batch_limit(self) -> int:
        return MAX_BATCH

    def batch_key(self, request: str) -> Hashable:
        """Texts of like length: padding is work for nothing."""
        return min(len(request), MAX_CHARS) // _LENGTH_STEP

    def run(self, batch: Sequence[str]) -> Sequence[Float32Array | Exception]:
        """Of each text the probability of every label, 0 to 1."""
        logits = self._network.logits([text[-MAX_CHARS:] for text in batch])
        return list(_sigmoid(logits) if self.is_multi_label else _softmax(logits))


def _softmax(logits: Float32Array) -> Float32Array:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _sigmoid(logits: Float32Array) -> Float32Array:
    """Without overflow, whatever the sign."""
    half = np.float32(0.5)
    return np.tanh(logits * half) * half + half
