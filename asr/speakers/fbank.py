"""Features that speaker networks were trained on: log energies of 80 mel bands as Kaldi computes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array

Array = npt.NDArray[np.floating[Any]]

BANDS = 80
HOP_SAMPLES = 160
"""10 ms."""
WINDOW_SAMPLES = 400
"""25 ms: the shortest sound that has a frame."""
_TRANSFORM = 512
_LOWEST_HZ = 20.0
_PREEMPHASIS = 0.97
_FLOOR = np.float32(np.finfo(np.float32).eps)
"""Of energies."""
_WINDOW = (np.hanning(WINDOW_SAMPLES) ** 0.85).astype(np.float32)
"""Kaldi's own."""


def _mel(hz: Array) -> Array:
    return 1127.0 * np.log1p(hz / 700.0)


def _filters() -> Float32Array:
    """Triangles on the mel scale, as high as each other; shape (bands, bins)."""
    lowest, highest = _mel(np.array([_LOWEST_HZ, RECOGNITION_RATE_HZ / 2]))
    edges = lowest + (highest - lowest) * np.arange(BANDS + 2) / (BANDS + 1)
    bins = _mel(np.arange(_TRANSFORM // 2 + 1) * (RECOGNITION_RATE_HZ / _TRANSFORM))
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


_FILTERS = _filters()


def speaker_features(samples: Float32Array) -> Float32Array:
    """Shape (n,) at 16 kHz in [-1, 1] in; (1 + (n - 400) // 160, 80) out, the mean of each band taken away.

    Raises ValueError for less than a window.
    """
    if len(samples) < WINDOW_SAMPLES:
        raise ValueError(f"{len(samples)} samples are less than a window")
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW_SAMPLES)[::HOP_SAMPLES]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    emphasised = (frames - np.float32(_PREEMPHASIS) * before) * _WINDOW
    power = np.square(np.abs(np.fft.rfft(emphasised, _TRANSFORM))).astype(np.float32)
    logs = np.log(np.maximum(power @ _FILTERS.T, _FLOOR))
    return logs - logs.mean(axis=0)
