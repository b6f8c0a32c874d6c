"""From a score per character and tag to the entities of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """Characters [start, end) that the encoder saw."""

    entity: int
    start: int
    end: int
    score: float
    """Mean probability of its tags, 0 to 1."""


def best_tags(scores: Float32Array) -> list[int]:
    """The best allowed sequence, (characters, tags) in: an entity goes on only where it began (Viterbi).

    Tag 0 is outside; entity e begins with 1 + 2e and goes on with 2 + 2e.
    """
    count = scores.shape[1]
    inside = np.array(range(2, count, 2), np.int64)
    best = scores[0].copy()
    best[inside] = _NEVER
    back: list[NDArray[np.int_]] = []
    for row in scores[1:]:
        top = int(best.argmax())
        came = np.full(count, top)
        value = np.full(count, best[top])
        begun = best[inside - 1] >= best[inside]
        came[inside] = inside - begun
        value[inside] = best[came[inside]]
        back.append(came)
        best = value + row
    tags = [int(best.argmax())]
    for came in reversed(back):
        tags.append(int(came[tags[-1]]))
    return tags[::-1]


def tagged_spans(scores: Float32Array) -> list[TaggedSpan]:
    """The entities in order, from logits (characters, tags)."""
    if not len(scores):
        return []
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    tags = best_tags(logs)
    return [
        TaggedSpan((tags[start] - 1) // 2, start, end, _mean_probability(logs, tags, start, end))
        for start, end in _runs(tags)
    ]


def _runs(tags: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, tag in enumerate(tags):
        if tag % 2 == 1:
            runs.append((at, at + 1))
        elif tag:
            runs[-1] = (runs[-1][0], at + 1)
    return runs


def _mean_probability(logs: Float32Array, tags: Sequence[int], start: int, end: int) -> float:
    return float(np.mean([np.exp(logs[at, tags[at]]) for at in range(start, end)]))
