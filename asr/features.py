"""Log-mel features as OpenAI Whisper was trained on, of the given samples only: no padding to 30 s."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array

HOP_SAMPLES = 160
"""10 ms per feature frame."""

_WINDOW_SAMPLES = 400
_LINEAR_HZ_PER_MEL = 200 / 3
_LOG_FROM_HZ = 1_000.0
_LOG_STEP = np.log(6.4) / 27
"""Slaney's mel scale: linear below 1 kHz, logarithmic above."""


def _hz_to_mel(hz: float) -> float:
    if hz < _LOG_FROM_HZ:
        return hz / _LINEAR_HZ_PER_MEL
    return _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL + float(np.log(hz / _LOG_FROM_HZ) / _LOG_STEP)


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    turn = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    return np.where(mel < turn, mel * _LINEAR_HZ_PER_MEL, _LOG_FROM_HZ * np.exp(_LOG_STEP * (mel - turn)))


def mel_filters(bins: int) -> Float32Array:
    """Triangles of equal area, shape (bins, 201), from 0 Hz to 8 kHz."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RECOGNITION_RATE_HZ / 2), bins + 2))
    frequencies = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / RECOGNITION_RATE_HZ)
    rising = (frequencies - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequencies) / np.diff(edges)[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


class LogMel:
    """Feature extractor for models with ``bins`` mel bins (80; 128 for large-v3 and turbo). Stateless."""

    def __init__(self, bins: int) -> None:
        self._filters = mel_filters(bins)
        self._window = np.hanning(_WINDOW_SAMPLES + 1)[:-1].astype(np.float32)

    def extract(self, samples: Float32Array) -> Float32Array:
        """Shape (n,) at 16 kHz in; (bins, n // 160 + 1) out.

        Normalised by the loudest bin of these samples, so features of a part are not a part of the features.
        """
        frames = frame_count(len(samples))
        padded = np.pad(samples, (0, HOP_SAMPLES))
        padded = np.pad(padded, _WINDOW_SAMPLES // 2, mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::HOP_SAMPLES][:frames]
        power = np.square(np.abs(np.fft.rfft(windows * self._window)))
        log = np.log10(np.maximum(self._filters @ power.T.astype(np.float32), 1e-10))
        return ((np.maximum(log, log.max() - 8.0) + 4.0) / 4.0).astype(np.float32)


def frame_count(samples: int) -> int:
    """Feature frames of that many samples."""
    return samples // HOP_SAMPLES + 1
