"""Array types and constants of sampled sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int16Array = npt.NDArray[np.int16]
Float32Array = npt.NDArray[np.float32]

RECOGNITION_RATE_HZ = 16_000
"""Rate at which everything behind the resampler works."""

MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 48_000


def to_float(pcm: Int16Array) -> Float32Array:
    """16-bit samples as float32 in [-1, 1)."""
    return pcm.astype(np.float32) * np.float32(1 / 32768)


def level_dbfs(samples: Float32Array) -> float:
    """Root mean square of float samples in dB below full scale; -100 for silence or nothing."""
    if samples.size == 0:
        return -100.0
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(-100.0, 10.0 * float(np.log10(power + 1e-12)))
