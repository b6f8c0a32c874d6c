"""Interleaved wire bytes of a connection to the sound of its parties, wherever the bytes were cut."""

from __future__ import annotations

from collections.abc import Sequence

from asr.audio.codecs import Deinterleaver, Encoding
from assist.messages import Party
from gateway.sources.codec import Sound


class WireSound:
    """Splits channels; what does not fill one sample of every channel is carried to the next push."""

    def __init__(self, encoding: Encoding, parties: Sequence[Party]) -> None:
        """``parties``: who speaks on each channel, in the order in which samples are interleaved."""
        self._parties = tuple(parties)
        self._deinterleaver = Deinterleaver(encoding, len(self._parties))

    @property
    def rest_bytes(self) -> int:
        """Bytes of an incomplete sample; some at the end of a stream are an error of its sender."""
        return self._deinterleaver.carried_bytes

    def push(self, data: bytes) -> list[Sound]:
        """What came next on each leg, all of the same length; nothing while no sample is whole."""
        channels = self._deinterleaver.push(data)
        if not len(channels[0]):
            return []
        return [
            Sound(party, samples.astype("<i2", copy=False).tobytes())
            for party, samples in zip(self._parties, channels, strict=True)
        ]
