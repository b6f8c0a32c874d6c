"""Pitch, loudness and effort of speech, from its samples alone; pure.

Pitch is the highest peak of the autocorrelation of 40 ms of sound divided by that of the window (P. Boersma, "Accurate
short-term analysis of the fundamental frequency", 1993). It is found on the telephone too, where the fundamental itself
is often cut off: the distance of its overtones remains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array

STEP_SAMPLES = 320
"""20 ms: one position of Whisper's encoder."""

BoolArray = NDArray[np.bool_]

_SPEECH_BELOW_LOUD_DB = 25.0
"""A step further below the loud ones is a pause or the line."""
_LOUD_PERCENTILE = 95
_SILENCE_DBFS = -70.0
_FLOOR = 1e-10
"""Power of nothing at all: -100 dBFS."""

_RATE_HZ = RECOGNITION_RATE_HZ // 2
_HOP = STEP_SAMPLES // 2
_FRAME = 2 * _HOP
"""40 ms: three periods of the lowest voice."""
_TRANSFORM = 512
"""Above the frame by more than the longest lag, so that the autocorrelation does not wrap around."""
_LOWEST_HZ, _HIGHEST_HZ = 75, 500
_LAGS = np.arange(_RATE_HZ // _HIGHEST_HZ, _RATE_HZ // _LOWEST_HZ + 1)
_LAG_COSTS = (0.03 * np.log2(_LAGS / _LAGS[0])).astype(np.float32)
"""An octave down costs 0.03: every multiple of a period is a period too."""
_VOICED = 0.5
"""Autocorrelation from which on a step has a pitch."""
_MIN_VOICED_STEPS = 6
_MIN_SPEECH_STEPS = 6
"""120 ms: less is a click or half a syllable."""
_FARTHEST_OCTAVES = 0.75
"""From the median: beyond it the tracker has jumped an octave."""
_PITCHED_BELOW_HZ = 2_000
"""Overtones above are weak, and so fine that they fall between the lags."""
_BRIGHT_FROM_HZ = 1_000
_WINDOW = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
_BRIGHT_FROM_BIN = _BRIGHT_FROM_HZ * _TRANSFORM // _RATE_HZ
_IS_PITCHED_BIN = np.fft.rfftfreq(_TRANSFORM, 1 / _RATE_HZ) < _PITCHED_BELOW_HZ


def _autocorrelation(spectra: Float32Array) -> Float32Array:
    """Of the power spectra of some frames, by lag, as a share of their power."""
    correlation = np.fft.irfft(spectra, axis=-1)[..., : _LAGS[-1] + 2]
    return (correlation / np.maximum(correlation[..., :1], _FLOOR)).astype(np.float32)


_WINDOW_CORRELATION = _autocorrelation(np.square(np.abs(np.fft.rfft(_WINDOW, _TRANSFORM))).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Prosody:
    """Of the speech of one utterance."""

    level_dbfs: float
    pitch_hz: float | None
    """Median of the voiced steps; None where too few are."""
    pitch_range: float | None
    """Semitones between the 10th and the 90th percentile."""
    voiced_share: float
    """Of the speech, 0 to 1."""
    level_spread_db: float
    """Standard deviation of its steps' levels."""
    brightness_db: float
    """Sound above 1 kHz against that below: who speaks with effort is brighter, at any distance from the telephone."""


def speech_steps(samples: Float32Array) -> BoolArray:
    """Which whole steps of 20 ms are speech rather than pause, by their level; shape (len(samples) // 320,)."""
    power = _step_power(samples)
    if not len(power):
        return np.zeros(0, np.bool_)
    loud_db = 10 * np.log10(max(float(np.percentile(power, _LOUD_PERCENTILE)), _FLOOR))
    return power > 10 ** (max(loud_db - _SPEECH_BELOW_LOUD_DB, _SILENCE_DBFS) / 10)


def measure(samples: Float32Array, speech: BoolArray) -> Prosody | None:
    """Of 16 kHz samples whose ``speech`` steps are known; None if these are too few."""
    if int(speech.sum()) < _MIN_SPEECH_STEPS:
        return None
    power = _step_power(samples)[speech]
    spectra = _spectra(samples, speech)
    pitches = _pitches(spectra)
    pitch_hz = pitch_range = None
    if len(pitches) >= _MIN_VOICED_STEPS:
        median = float(np.median(pitches))
        near = pitches[np.abs(np.log2(pitches / median)) <= _FARTHEST_OCTAVES]
        low, pitch_hz, high = (float(hz) for hz in np.percentile(near, (10, 50, 90)))
        pitch_range = 12 * float(np.log2(high / low))
    dark, bright = spectra[:, :_BRIGHT_FROM_BIN].sum(), spectra[:, _BRIGHT_FROM_BIN:].sum()
    return Prosody(
        level_dbfs=10 * float(np.log10(power.mean())),
        pitch_hz=pitch_hz,
        pitch_range=pitch_range,
        voiced_share=len(pitches) / len(spectra),
        level_spread_db=float(np.std(10 * np.log10(power))),
        brightness_db=10 * float(np.log10((bright + _FLOOR) / (dark + _FLOOR))),
    )


def _step_power(samples: Float32Array) -> Float32Array:
    steps = samples[: len(samples) - len(samples) % STEP_SAMPLES].reshape(-1, STEP_SAMPLES)
    return np.square(steps).mean(axis=1)


def _spectra(samples: Float32Array, speech: BoolArray) -> Float32Array:
    """Power spectra of the 40 ms around each step of speech, at 8 kHz; shape (steps, 257)."""
    smooth = samples[: len(speech) * STEP_SAMPLES].copy()
    smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) / 4
    halved = np.pad(smooth[::2], _HOP // 2)
    frames = np.lib.stride_tricks.sliding_window_view(halved, _FRAME)[::_HOP][speech]
    centred = (frames - frames.mean(axis=1, keepdims=True)) * _WINDOW
    return np.square(np.abs(np.fft.rfft(centred, _TRANSFORM))).astype(np.float32)


def _pitches(spectra: Float32Array) -> NDArray[np.float64]:
    """In hertz, of the voiced frames."""
    correlation = _autocorrelation(np.where(_IS_PITCHED_BIN, spectra, np.float32(0))) / _WINDOW_CORRELATION
    before, middle, after = (correlation[:, _LAGS + shift] for shift in (-1, 0, 1))
    is_peak = (middle > before) & (middle >= after)
    bend = np.where(is_peak, 2 * middle - before - after, np.float32(1))
    # The parabola through three points: between two lags a period would seem weaker than its multiples.
    peaks = np.where(is_peak, middle + np.square(after - before) / (8 * bend), np.float32(-1))
    best = (peaks - _LAG_COSTS).argmax(axis=1)
    rows = np.arange(len(best))
    periods = _LAGS[best] + (after - before)[rows, best] / (2 * bend[rows, best])
    return _RATE_HZ / periods[peaks[rows, best] >= _VOICED].astype(np.float64)
