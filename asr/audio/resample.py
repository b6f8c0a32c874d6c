"""Sample rate conversion with carried filter state."""

from __future__ import annotations

from typing import Any, Protocol, cast

import numpy as np
import soxr

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ, RECOGNITION_RATE_HZ, Float32Array, Int16Array, to_float
from assist.errors import AudioFormatError


class Resampler:
    """One stream of 16-bit samples to float32 at 16 kHz.

    The filter's delay is held back, not inserted: output sample k always stands for input time k / 16 000 s. What waits
    inside until more input or ``finish`` comes is 4 ms of telephone sound at 8 kHz, and up to 120 ms at other rates.
    """

    def __init__(self, rate_hz: int) -> None:
        """Raises AudioFormatError "unsupported-rate" outside 8 to 48 kHz."""
        require_rate(rate_hz)
        self._stream: _Stream | None = None
        if 2 * rate_hz == RECOGNITION_RATE_HZ:
            self._stream = _Doubler()
        elif rate_hz != RECOGNITION_RATE_HZ:
            self._stream = _SoxrStream(rate_hz)

    def resample(self, pcm: Int16Array) -> Float32Array:
        """Convert samples to 16 kHz, carrying filter state between calls.

        Shape (n,) in, (m,) out. Concatenating all outputs and ``finish`` equals resampling the concatenated input.
        """
        return self._stream.convert(pcm) if self._stream else to_float(pcm)

    def finish(self) -> Float32Array:
        """What the filter still held; the stream is over. All outputs together: |m - n * 16000 / rate| <= 1."""
        return self._stream.finish() if self._stream else np.zeros(0, np.float32)


class RateConverter:
    """One stream of pcm_s16le at any rate to pcm_s16le at another; the filter holds up to 120 ms back."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Raises AudioFormatError "unsupported-rate" outside 8 to 48 kHz."""
        require_rate(from_hz)
        require_rate(to_hz)
        self._stream: Any = cast("Any", soxr).ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")

    def convert(self, pcm: bytes) -> bytes:
        """Whole samples in, those out that can be said already."""
        samples = to_float(np.frombuffer(pcm, "<i2"))
        converted = cast("Float32Array", self._stream.resample_chunk(samples, last=False))
        return np.clip(np.rint(converted * 32_768), -32_768, 32_767).astype("<i2").tobytes()


def require_rate(rate_hz: int) -> None:
    """Raises AudioFormatError "unsupported-rate" outside 8 to 48 kHz."""
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise AudioFormatError(
            f"Send audio at {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz, not {rate_hz}.", code="unsupported-rate"
        )


class _Stream(Protocol):
    """Samples of one rate in, what can be said at another out."""

    def convert(self, pcm: Int16Array) -> Float32Array: ...

    def finish(self) -> Float32Array: ...


class _SoxrStream:
    """soxr HQ, in float32, because its 16-bit path dithers."""

    def __init__(self, rate_hz: int) -> None:
        self._stream: Any = cast("Any", soxr).ResampleStream(
            rate_hz, RECOGNITION_RATE_HZ, 1, dtype="float32", quality="HQ"
        )

    def convert(self, pcm: Int16Array) -> Float32Array:
        return cast("Float32Array", self._stream.resample_chunk(to_float(pcm), last=False))

    def finish(self) -> Float32Array:
        return cast("Float32Array", self._stream.resample_chunk(np.zeros(0, np.float32), last=True))


_REACH = 32
"""Input samples on either side of a sample that is made: 4 ms."""
_SCALE_BITS = 16


def _half_band() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Taps of the samples in between, times 2**16: a sinc under a Kaiser window, 80 dB down from 4.3 kHz on."""
    offsets = np.arange(-_REACH, _REACH) + 0.5
    taps = np.sinc(offsets) * np.i0(8.0 * np.sqrt(1 - (offsets / _REACH) ** 2)) / np.i0(8.0)
    return np.rint(taps / taps.sum() * (1 << _SCALE_BITS)).astype(np.int64)


class _Doubler:
    """Twice the samples, by a half-band filter: the given ones stay, those in between are interpolated.

    soxr works through blocks and holds back 64 ms of 8 kHz sound on average, which every word would be later. The
    arithmetic is in integers, so that the results do not depend on how the stream is cut.
    """

    _TAPS = _half_band()

    def __init__(self) -> None:
        self._held = np.zeros(_REACH - 1, np.int16)
        """The latest samples, the oldest first; silence before the stream."""

    def convert(self, pcm: Int16Array) -> Float32Array:
        known = np.concatenate([self._held, pcm])
        made = len(known) - 2 * _REACH + 1
        if made <= 0:
            self._held = known
            return np.zeros(0, np.float32)
        self._held = known[made:]
        between = np.convolve(known.astype(np.int64), self._TAPS, mode="valid")
        doubled = np.empty(2 * made, np.float32)
        doubled[0::2] = known[_REACH - 1 : _REACH - 1 + made]
        doubled[1::2] = between / (1 << _SCALE_BITS)
        return doubled / np.float32(32_768)

    def finish(self) -> Float32Array:
        return self.convert(np.zeros(_REACH, np.int16))
