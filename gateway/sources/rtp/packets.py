"""One RTP packet (RFC 3550, section 5.1) as it is on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from asr.audio.codecs import Encoding

RATE_HZ: Final = 8_000
"""Of G.711 and its comfort noise (RFC 3551, section 6; RFC 3389)."""

ENCODINGS: Final[dict[int, Encoding]] = {0: "mulaw", 8: "alaw"}
"""Static payload types of G.711."""

COMFORT_NOISE: Final = 13

_FIXED_BYTES: Final = 12
_RTCP_TYPES: Final = range(72, 77)
"""RTCP packets read as RTP with a marker (RFC 5761, section 4): sender reports to application packets."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    payload_type: int
    sequence: int
    """16 bits, wraps."""
    timestamp: int
    """32 bits, wraps; samples at the rate of the payload type."""
    ssrc: int
    payload: bytes
    """Without padding."""


def read_rtp(data: bytes) -> RtpPacket | None:
    """The packet in a datagram; None where it is none, or RTCP."""
    if len(data) < _FIXED_BYTES or data[0] >> 6 != 2 or data[1] & 0x7F in _RTCP_TYPES:
        return None
    begin, end = _FIXED_BYTES + 4 * (data[0] & 0x0F), len(data)
    if data[0] & 0x10:
        if end < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if data[0] & 0x20:
        padding = data[-1]
        if not padding:
            return None
        end -= padding
    if begin > end:
        return None
    return RtpPacket(
        payload_type=data[1] & 0x7F,
        sequence=int.from_bytes(data[2:4], "big"),
        timestamp=int.from_bytes(data[4:8], "big"),
        ssrc=int.from_bytes(data[8:12], "big"),
        payload=data[begin:end],
    )
