"""What a telephone leaves of a studio recording: 8 kHz, its band, and A-law once."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.audio.samples import Int16Array

RATE_HZ = 8_000
BAND_HZ = (300.0, 3_400.0)
PEAK = 0.6
_ORDER = 4
_A = 87.6
"""ITU-T G.711."""
_STEPS = 128


def through_telephone(wave: NDArray[np.float64], rate_hz: int) -> Int16Array:
    """Shape (n,) in [-1, 1] at ``rate_hz`` in; 16-bit samples at 8 kHz out."""
    narrow = cast("NDArray[np.float64]", cast("Any", soxr).resample(wave, rate_hz, RATE_HZ))
    spectrum = np.fft.rfft(narrow)
    with np.errstate(divide="ignore"):
        below = (BAND_HZ[0] / np.fft.rfftfreq(len(narrow), 1 / RATE_HZ)) ** (2 * _ORDER)
    above = (np.fft.rfftfreq(len(narrow), 1 / RATE_HZ) / BAND_HZ[1]) ** (2 * _ORDER)
    # Butterworth forwards and backwards: the square of its gain, and no phase.
    line = np.fft.irfft(spectrum / ((1 + below) * (1 + above)), len(narrow))
    line *= PEAK / max(float(np.abs(line).max(initial=0.0)), 1e-9)
    return np.rint(_a_law(line) * 32_767).astype(np.int16)


def _a_law(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compressed, cut to steps, expanded, by the continuous curve."""
    size, whole = np.abs(line), 1 + np.log(_A)
    curve = np.where(size < 1 / _A, _A * size, 1 + np.log(np.maximum(_A * size, 1.0))) / whole
    curve: NDArray[np.float64] = np.rint(curve * (_STEPS - 1)) / (_STEPS - 1)
    is_linear = curve < 1 / whole
    curve[is_linear] *= whole / _A
    curve[~is_linear] = np.exp(curve[~is_linear] * whole - 1) / _A
    return np.copysign(curve, line)
