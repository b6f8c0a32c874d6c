"""Recorded speech made harder to recognise, as a telephone may do: noise, distance, level, tempo, turns run together.

Pure; the same recordings give the same samples. Every result passes the telephone band and A-law once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import soxr

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from bench.signals import RATE_HZ, Wave, through_alaw

PEAK = 0.6
QUIET_DB = -32.0
ROOM_S = 0.6
"""Until the echo of a room has died away by 60 dB."""
JOIN_GAP_S = 0.25
MAX_JOINED_S = 14.5

Hardship = Callable[[Wave, np.random.Generator], Wave]


def _noisy(snr_db: float) -> Hardship:
    def add_noise(speech: Wave, chance: np.random.Generator) -> Wave:
        """Pink: the colour of traffic and fans."""
        spectrum = np.fft.rfft(chance.standard_normal(len(speech)))
        noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(speech))
        return speech + noise * _rms(speech) / _rms(noise) * 10 ** (-snr_db / 20)

    return add_noise


def _far(speech: Wave, chance: np.random.Generator) -> Wave:
    """Across a room with some noise in it."""
    length = round(ROOM_S * RECOGNITION_RATE_HZ)
    echo = chance.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    echo[0] = 8.0
    size = len(speech) + length
    return _noisy(20.0)(np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(echo, size), size), chance)


def _at_tempo(factor: float) -> Hardship:
    def change_tempo(speech: Wave, _chance: np.random.Generator) -> Wave:
        """Pitch and tempo together, as of another voice."""
        return soxr.resample(speech, RECOGNITION_RATE_HZ * factor, RECOGNITION_RATE_HZ)

    return change_tempo


def _unchanged(speech: Wave, _chance: np.random.Generator) -> Wave:
    return speech


HARDSHIPS: Mapping[str, tuple[float, Hardship]] = {
    "noise 5 dB": (0.0, _noisy(5.0)),
    "noise 10 dB": (0.0, _noisy(10.0)),
    "noise 20 dB": (0.0, _noisy(20.0)),
    "quiet": (QUIET_DB, _unchanged),
    "fast": (0.0, _at_tempo(1.15)),
    "slow": (0.0, _at_tempo(1 / 1.15)),
    "far": (0.0, _far),
}
"""name -> (level in dB, what happens before the line)."""


def endure(name: str, samples: Float32Array, seed: int) -> Float32Array:
    """16 kHz speech as it comes through the hardship and the line."""
    level_db, hardship = HARDSHIPS[name]
    return _through_line(hardship(samples.astype(np.float64), np.random.default_rng(seed)), level_db)


def join(parts: Sequence[Float32Array]) -> Float32Array:
    """Turns of 16 kHz speech with a short pause between them."""
    pause = np.zeros(round(JOIN_GAP_S * RECOGNITION_RATE_HZ), np.float32)
    return np.concatenate([piece for part in parts for piece in (part, pause)][:-1])


def _through_line(wave: Wave, level_db: float) -> Float32Array:
    """300 to 3,400 Hz, peak at ``PEAK`` and ``level_db``, A-law."""
    narrow: Wave = soxr.resample(wave, RECOGNITION_RATE_HZ, RATE_HZ)
    frequency_hz = np.maximum(np.fft.rfftfreq(len(narrow), 1 / RATE_HZ), 1.0)
    gain = 1 / (1 + (300 / frequency_hz) ** 8) / (1 + (frequency_hz / 3_400) ** 12)
    narrow = np.fft.irfft(np.fft.rfft(narrow) * gain, len(narrow))
    narrow *= PEAK * 10 ** (level_db / 20) / max(float(np.abs(narrow).max()), 1e-9)
    line = through_alaw(narrow).astype(np.float32) / 32_768
    return soxr.resample(line, RATE_HZ, RECOGNITION_RATE_HZ).astype(np.float32)


def _rms(wave: Wave) -> float:
    return float(np.sqrt(np.mean(np.square(wave)))) or 1.0
