"""Sound that was read with another codec than it was written with, told from its samples.

Neighbouring samples of speech are alike: at 8 kHz their correlation is 0.7 to 0.9 in loud places. Bytes of another
codec give something like noise, louder in its quiet places than speech is; read rightly they are speech again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from asr.audio.codecs import Encoding, decode
from asr.audio.samples import Int16Array

Reading = Literal["pcm_s16le", "pcm_s16be", "mulaw", "alaw", "two channels"]
"""What sound may really be; "two channels": samples of two parties in turn."""

WINDOW_S: Final = 10
WINDOWS: Final = 6
"""A minute of sound; whoever speaks later is not listened to."""
STEP: Final = 256
"""Samples that are judged together: 32 ms at 8 kHz."""
MIN_STEPS: Final = 50
"""Loud ones; with fewer nothing is said."""
QUIET: Final = 100.0
"""Power of 16-bit samples below which there is nothing to judge: 70 dB below full scale."""
LOUD: Final = 0.03
"""Share of the power of the loudest places that counts as loud: 15 dB."""
LIKE_SPEECH: Final = 0.7
MORE_LIKE: Final = 0.1
MUCH_MORE_LIKE: Final = 0.3
CALMER_DB: Final = 10.0
SOFTER_DB: Final = 6.0
"""Another reading is believed that is like speech: by very much more; or by much more, and its pauses are so much more
quiet, or it is so much softer in all.
"""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How much some samples are like speech."""

    alike: float
    """Correlation of neighbours where it is loud."""
    pauses_db: float
    """Level where it is quiet, below that of the loud places."""
    loud_db: float


def misreading(samples: Int16Array, read_as: Encoding) -> Reading | None:
    """What the sound of a leg really is; None where it is what it was read as, or where that cannot be told.

    Shape (n,), as decoded from ``read_as``; twenty seconds with some speech are enough, at any rate.
    """
    as_read = _likeness(samples)
    if as_read is None or as_read.alike >= 1 - MORE_LIKE:
        return None
    best, found = LIKE_SPEECH, None
    for reading, others in _other_readings(samples, read_as):
        other = _likeness(others)
        if other is not None and other.alike >= best and _is_better(other, as_read, reading):
            best, found = other.alike, reading
    return found


class FirstMinute:
    """The beginning of a leg, listened to for another codec than it is read as; ten seconds at a time."""

    def __init__(self, read_as: Encoding, rate_hz: int) -> None:
        self._read_as: Encoding = read_as
        self._window_bytes = WINDOW_S * rate_hz * 2
        self._heard = bytearray()
        self._windows_left = WINDOWS

    def push(self, pcm: bytes) -> Reading | None:
        """What the leg really is, told once; ``pcm``: the next samples, signed 16-bit little-endian."""
        if not self._windows_left:
            return None
        self._heard += pcm
        if len(self._heard) < self._window_bytes:
            return None
        found = misreading(np.frombuffer(bytes(self._heard), "<i2").astype(np.int16), self._read_as)
        self._heard.clear()
        self._windows_left = 0 if found is not None else self._windows_left - 1
        return found


def _is_better(other: _Likeness, as_read: _Likeness, reading: Reading) -> bool:
    gain = other.alike - as_read.alike
    if reading == "two channels":  # every second sample of one voice is less like its neighbour, never more
        return gain >= MUCH_MORE_LIKE
    is_calmer = other.pauses_db <= as_read.pauses_db - CALMER_DB or other.loud_db <= as_read.loud_db - SOFTER_DB
    return gain >= MUCH_MORE_LIKE or (gain >= MORE_LIKE and is_calmer)


def _likeness(samples: Int16Array) -> _Likeness | None:
    """None: too little, or too quiet."""
    steps = samples[: len(samples) // STEP * STEP].reshape(-1, STEP).astype(np.float32)
    if len(steps) < MIN_STEPS:
        return None
    steps -= steps.mean(axis=1, keepdims=True)
    power = np.square(steps).mean(axis=1)
    top = float(np.percentile(power, 97))
    loud = steps[power >= max(QUIET, top * LOUD)]
    if top < QUIET or len(loud) < MIN_STEPS // 10:
        return None
    alike = (loud[:, 1:] * loud[:, :-1]).sum(axis=1) / np.square(loud).sum(axis=1)
    pauses_db = 10 * np.log10((float(np.percentile(power, 10)) + 1) / top)
    return _Likeness(float(np.median(alike)), float(pauses_db), float(10 * np.log10(top)))


def _other_readings(samples: Int16Array, read_as: Encoding) -> Iterator[tuple[Reading, Int16Array]]:
    wire = _wire(samples, read_as)
    if wire is not None:
        whole = wire[: len(wire) // 2 * 2]
        for encoding in ("pcm_s16le", "mulaw", "alaw"):
            if encoding != read_as:
                yield encoding, decode(encoding, whole)
        yield "pcm_s16be", np.frombuffer(whole, ">i2").astype(np.int16)
    yield "two channels", samples[::2]


def _wire(samples: Int16Array, read_as: Encoding) -> bytes | None:
    """The bytes that the samples were read from; None where they cannot be those of this codec."""
    if read_as == "pcm_s16le":
        return samples.astype("<i2").tobytes()
    codes: npt.NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
    levels = decode(read_as, codes.tobytes())
    order = np.argsort(levels, kind="stable")
    place = np.minimum(np.searchsorted(levels[order], samples, side="right") - 1, 255)
    found = order[np.maximum(place, 0)].astype(np.uint8)
    return found.tobytes() if np.array_equal(levels[found], samples) else None
