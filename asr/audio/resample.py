"""Sample rate conversion with carried filter state."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import soxr

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ, RECOGNITION_RATE_HZ, Float32Array, Int16Array, to_float
from assist.errors import AudioFormatError


class Resampler:
    """One stream of 16-bit samples to float32 at 16 kHz.

    The filter's delay is held back, not inserted: output sample k always stands for input time k / 16 000 s. Up to
    70 ms (8 kHz in) wait inside until more input or ``finish`` comes. Filter: soxr HQ, in float32, because its 16-bit
    path dithers.
    """

    def __init__(self, rate_hz: int) -> None:
        """Raises AudioFormatError "unsupported-rate" outside 8 to 48 kHz."""
        if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
            raise AudioFormatError(
                f"Send audio at {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz, not {rate_hz}.", code="unsupported-rate"
            )
        self._stream: Any = None
        if rate_hz != RECOGNITION_RATE_HZ:
            self._stream = cast("Any", soxr).ResampleStream(
                rate_hz, RECOGNITION_RATE_HZ, 1, dtype="float32", quality="HQ"
            )

    def resample(self, pcm: Int16Array) -> Float32Array:
        """Convert samples to 16 kHz, carrying filter state between calls.

        Shape (n,) in, (m,) out. Concatenating all outputs and ``finish`` equals resampling the concatenated input.
        """
        return self._convert(to_float(pcm), is_last=False)

    def finish(self) -> Float32Array:
        """What the filter still held; the stream is over. All outputs together: |m - n * 16000 / rate| <= 1."""
        return self._convert(np.zeros(0, np.float32), is_last=True)

    def _convert(self, samples: Float32Array, *, is_last: bool) -> Float32Array:
        if self._stream is None:
            return samples
        return cast("Float32Array", self._stream.resample_chunk(samples, last=is_last))
