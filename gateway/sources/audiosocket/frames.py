"""AudioSocket's frames: a kind, a length, a payload; cut out of a TCP stream wherever it was split.

    byte 0      kind
    bytes 1–2   payload length, big-endian
    bytes 3…    payload

Linear sound is little-endian all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

HEADER_BYTES: Final = 3
UUID_BYTES: Final = 16


class Kind(IntEnum):
    """Kinds of frames that are no sound."""

    TERMINATE = 0x00
    UUID = 0x01
    SILENCE = 0x02
    DTMF = 0x03
    ERROR = 0xFF


RATES_HZ: Final[Mapping[int, int]] = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
"""Kinds of sound: signed 16-bit little-endian mono."""

ERROR_MEANINGS: Final[Mapping[int, str]] = {
    0x01: "the channel was hung up",
    0x02: "a frame could not be forwarded",
    0x04: "memory ran out",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; ``is_whole`` is False for the last one of a stream that was cut."""

    kind: int
    payload: bytes
    is_whole: bool = True


def encode_frame(kind: int, payload: bytes = b"") -> bytes:
    """A frame as it goes over the wire."""
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


class FrameReader:
    """Holds what is not a whole frame yet: less than 64 KiB and what came last."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def beginning(self) -> bytes:
        """As much of the header of the next frame as is here."""
        return bytes(self._held[:HEADER_BYTES])

    def push(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now, in order; to be taken to the end before the next push."""
        self._held += data
        begin = 0
        while len(self._held) - begin >= HEADER_BYTES:
            payload_begin = begin + HEADER_BYTES
            end = payload_begin + int.from_bytes(self._held[begin + 1 : payload_begin], "big")
            if len(self._held) < end:
                break
            yield Frame(self._held[begin], bytes(self._held[payload_begin:end]))
            begin = end
        del self._held[:begin]

    def cut(self) -> Frame | None:
        """What there is of a frame in which the stream ended; None: it ended between two frames."""
        if not self._held:
            return None
        held, self._held = bytes(self._held), bytearray()
        return Frame(held[0], held[HEADER_BYTES:], is_whole=False)
