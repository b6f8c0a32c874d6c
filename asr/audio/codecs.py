"""Wire bytes to 16-bit samples: linear PCM and G.711 (ITU-T G.711, tables as in its annex)."""

from __future__ import annotations

from typing import Literal, assert_never

import numpy as np

from asr.audio.samples import Int16Array
from assist.errors import AudioFormatError

Encoding = Literal["pcm_s16le", "mulaw", "alaw"]


def _mulaw_table() -> Int16Array:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 0x07, code & 0x0F
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Int16Array:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 0x07, code & 0x0F
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_MULAW = _mulaw_table()
_ALAW = _alaw_table()


def sample_bytes(encoding: Encoding) -> int:
    """Bytes of one sample of one channel."""
    return 2 if encoding == "pcm_s16le" else 1


def decode(encoding: Encoding, data: bytes) -> Int16Array:
    """Samples of whole wire bytes, in wire order; channels stay interleaved.

    Raises AudioFormatError "odd-byte-count" when pcm_s16le ends inside a sample.
    """
    match encoding:
        case "pcm_s16le":
            if len(data) % 2:
                raise AudioFormatError("16-bit audio must hold an even number of bytes.", code="odd-byte-count")
            return np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False)
        case "mulaw":
            return _MULAW[np.frombuffer(data, dtype=np.uint8)]
        case "alaw":
            return _ALAW[np.frombuffer(data, dtype=np.uint8)]
        case _:
            assert_never(encoding)


class Deinterleaver:
    """Splits a byte stream into channels, wherever the stream was cut.

    Bytes that do not fill one sample of every channel are carried to the next push, so the outputs of any split of a
    stream concatenate to the same samples.
    """

    def __init__(self, encoding: Encoding, channels: int) -> None:
        if channels < 1:
            raise ValueError("channels must be at least 1")
        self._encoding: Encoding = encoding
        self._channels = channels
        self._frame_bytes = channels * sample_bytes(encoding)
        self._carried = b""

    @property
    def carried_bytes(self) -> int:
        """Bytes of an incomplete sample frame that wait for more."""
        return len(self._carried)

    def push(self, data: bytes) -> list[Int16Array]:
        """New whole samples, one array per channel, all of the same length (0 is possible)."""
        data = self._carried + data
        whole = len(data) - len(data) % self._frame_bytes
        self._carried = data[whole:]
        frames = decode(self._encoding, data[:whole]).reshape(-1, self._channels)
        return [np.ascontiguousarray(frames[:, channel]) for channel in range(self._channels)]
