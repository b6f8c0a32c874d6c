"""Whether telephone speech taken to be at 16 kHz was sampled at 8 kHz: it then seems an octave too high.

A telephone carries 300 to 3,400 Hz. Read at twice its rate, speech has sound from 4 to 7 kHz and hardly any below
400 Hz, where speech is strongest. Measured over the calls in examples/calls, in dB of the whole: below 400 Hz -3 to -8
as it is and -35 to -42 at the wrong rate; from 4 to 7 kHz -56 and -17 to -14.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, to_float

_WINDOW: Final = 512
"""Samples: 32 ms."""
_LOUD_POWER: Final = 10 ** (-45 / 10)
_ENOUGH_WINDOWS: Final = 60
"""1.9 s of speech."""
_LEAST_LOW_DB: Final = -25.0
_MOST_HIGH_DB: Final = -30.0


class RateCheck:
    """Listens to the beginning of the speech of a connection."""

    def __init__(self) -> None:
        self._carried = np.zeros(0, np.float32)
        self._spectrum = np.zeros(_WINDOW // 2 + 1)
        self._windows = 0

    def push(self, pcm: bytes) -> bool:
        """Take more sound, 16-bit; True once, where the rate seems to be half of what it is taken for."""
        if self._windows >= _ENOUGH_WINDOWS:
            return False
        samples = np.concatenate([self._carried, to_float(np.frombuffer(pcm, "<i2"))])
        whole = len(samples) - len(samples) % _WINDOW
        self._carried = samples[whole:]
        windows = samples[:whole].reshape(-1, _WINDOW)
        loud = windows[np.mean(np.square(windows), axis=1) > _LOUD_POWER]
        self._spectrum += np.square(np.abs(np.fft.rfft(loud * np.hanning(_WINDOW), axis=1))).sum(axis=0)
        self._windows += len(loud)
        return self._windows >= _ENOUGH_WINDOWS and self._seems_halved()

    def _seems_halved(self) -> bool:
        return self._share_db(60, 400) < _LEAST_LOW_DB and self._share_db(4_000, 7_000) > _MOST_HIGH_DB

    def _share_db(self, from_hz: int, to_hz: int) -> float:
        """Of the power above 60 Hz."""
        frequencies = np.fft.rfftfreq(_WINDOW, 1 / RECOGNITION_RATE_HZ)
        part = self._spectrum[(frequencies >= from_hz) & (frequencies < to_hz)].sum()
        return float(10 * np.log10((part + 1e-12) / (self._spectrum[frequencies >= 60].sum() + 1e-12)))
