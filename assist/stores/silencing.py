"""Private words out of the sound that is played."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
DEFAULT_FADE_MS = 8
"""Shorter is heard as a click."""


def silenced(
    pcm: Samples,
    rate_hz: int,
    spans_ms: Iterable[tuple[int, int]],
    *,
    first_sample: int = 0,
    fade_ms: int = DEFAULT_FADE_MS,
) -> Samples:
    """One party's samples with silence in [from, to) of the call, faded on both sides of it.

    Shape (n,) in and out; ``first_sample`` is the place of the first one in the call, so that sound can be silenced
    block by block with the same result. The fade lies outside the span: nothing of it is heard.
    Raises ValueError for ``fade_ms`` below 1.
    """
    if fade_ms < 1:
        raise ValueError("fade_ms must be at least 1")
    gain = np.ones(len(pcm), np.float32)
    fade = max(1, fade_ms * rate_hz // 1000)
    for from_ms, to_ms in spans_ms:
        start = from_ms * rate_hz // 1000 - first_sample
        end = -(-to_ms * rate_hz // 1000) - first_sample
        near = np.arange(max(0, start - fade), min(len(pcm), end + fade))
        if not len(near):
            continue
        away = np.maximum(np.maximum(start - near, near - end + 1), 0)
        level = 0.5 - 0.5 * np.cos(np.pi * np.minimum(away / fade, 1.0))
        gain[near] = np.minimum(gain[near], level.astype(np.float32))
    return np.rint(pcm * gain).astype(np.int16)
