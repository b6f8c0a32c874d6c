"""Parts the utterances of one leg into two voices: the best division into two, if the two are unlike enough.

Pure: the same utterances give the same division, whenever they come. It is done anew with every utterance, so that what
is heard later puts right what was said of the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from asr.audio.samples import Float32Array

BoolArray = npt.NDArray[np.bool_]

_ROUNDS = 12
"""Of moving utterances to the nearer voice, which settles in three or four, and of finding where they differ most."""


def divide(vectors: Float32Array, weights: Float32Array, before: BoolArray | None = None) -> BoolArray:
    """Which of at least two utterances are the second voice's, if there are two.

    ``vectors``: unit length, shape (n, width); ``weights``: how much each says, shape (n,); ``before``: an earlier
    division of the first of them. Of several beginnings the division wins whose voices lie nearest to their utterances.
    """
    best = max(
        (_settle(vectors, weights, begun) for begun in _beginnings(vectors, weights, before)), key=lambda x: x[0]
    )
    return best[1]


def voices_of(vectors: Float32Array, weights: Float32Array, is_second: BoolArray) -> Float32Array:
    """The two voices, sums of their utterances; shape (2, width), zero where there is none."""
    shares = np.stack([np.where(is_second, np.float32(0), weights), np.where(is_second, weights, np.float32(0))])
    return shares @ vectors


def _beginnings(vectors: Float32Array, weights: Float32Array, before: BoolArray | None) -> Iterator[BoolArray]:
    """From the two that are least alike, from where they differ most, and from what was found before."""
    likeness = vectors @ vectors.T
    heavy = np.sqrt(np.outer(weights, weights))
    one, two = np.unravel_index(int(np.argmax(heavy * (1 - likeness))), likeness.shape)
    yield likeness[two] > likeness[one]
    mean = weights @ vectors / weights.sum()
    centred = ((vectors - mean) * np.sqrt(weights)[:, None]).astype(np.float32)
    yield centred @ _principal(centred, vectors[two] - vectors[one]) > 0
    if before is not None and before.any() and not before.all():
        voices = _unit(voices_of(vectors[: len(before)], weights[: len(before)], before))
        yield np.concatenate([before, (vectors[len(before) :] @ voices.T).argmax(axis=1) == 1])


def _principal(centred: Float32Array, direction: Float32Array) -> Float32Array:
    """The direction in which they differ most, from a first guess at it."""
    for _ in range(_ROUNDS):
        turned: Float32Array = (centred.T @ (centred @ direction)).astype(np.float32)
        direction = _unit(turned)
    return direction


def _settle(vectors: Float32Array, weights: Float32Array, is_second: BoolArray) -> tuple[float, BoolArray]:
    """Move utterances to the nearer voice until none moves; how near they all are then."""
    for _ in range(_ROUNDS):
        nearer = (vectors @ _unit(voices_of(vectors, weights, is_second)).T).argmax(axis=1) == 1
        if (nearer == is_second).all():
            break
        is_second = nearer
    return float(np.linalg.norm(voices_of(vectors, weights, is_second), axis=1).sum()), is_second


def _unit(vectors: Float32Array) -> Float32Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-9))
