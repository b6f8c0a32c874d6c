"""RTP packets and captures of them, byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from tests.support.platforms import TwoParties, encoded, pieces_of

ETHERNET, RAW, LINUX_COOKED, LINUX_COOKED_2, LOOPBACK = 1, 101, 113, 276, 0
BEGINS_S = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    host: str
    port: int


AGENT, CUSTOMER = Endpoint("10.0.0.1", 4000), Endpoint("198.51.100.7", 16_384)


def rtp(
    sequence: int,
    timestamp: int,
    payload: bytes,
    *,
    payload_type: int = 0,
    ssrc: int = 0x11223344,
    marker: bool = False,
    csrcs: tuple[int, ...] = (),
    extension: bytes | None = None,
    padding: int = 0,
) -> bytes:
    """One packet; ``extension`` of whole 32-bit words."""
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | len(csrcs)
    head = struct.pack(
        ">BBHII", first, payload_type | (0x80 if marker else 0), sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc
    )
    head += b"".join(struct.pack(">I", csrc) for csrc in csrcs)
    if extension is not None:
        head += struct.pack(">HH", 0xBEDE, len(extension) // 4) + extension
    return head + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


def stream(
    sound: bytes, *, payload_type: int = 0, ssrc: int = 0x11223344, sequence: int = 65_530, timestamp: int = 0xFFFFFF00
) -> Iterator[tuple[float, bytes]]:
    """G.711 in packets of 20 ms with the time of each; counters wrap early."""
    for number, piece in enumerate(pieces_of(sound, 160)):
        at = timestamp + 160 * number
        yield 0.02 * number, rtp(sequence + number, at, piece, payload_type=payload_type, ssrc=ssrc, marker=not number)


# --- from packets to captured frames ----------------------------------------------------------------------------------


def udp(source: Endpoint, target: Endpoint, payload: bytes) -> bytes:
    """An IP packet of either version with a datagram."""
    segment = struct.pack(">HHHH", source.port, target.port, 8 + len(payload), 0) + payload
    hosts = ip_address(source.host).packed + ip_address(target.host).packed
    if len(hosts) == 8:
        return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 17, 0) + hosts + segment
    return struct.pack(">IHBB", 6 << 28, len(segment), 17, 64) + hosts + segment


def framed(packet: bytes, link_type: int = ETHERNET, *, vlans: int = 0) -> bytes:
    """An IP packet as a link layer carries it."""
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    match link_type:
        case 1:
            return bytes(12) + b"\x81\x00\x00\x05" * vlans + kind + packet
        case 113:
            return struct.pack(">HHH8s", 0, 1, 6, bytes(8)) + kind + packet
        case 276:
            return kind + bytes(18) + packet
        case 0:
            return b"\x02\0\0\0" + packet
        case _:
            return packet


def pcap(
    frames: Iterable[tuple[float, bytes]], link_type: int = ETHERNET, *, order: str = "<", nanoseconds: bool = False
) -> bytes:
    """A pcap file of frames with their times."""
    unit = 1_000_000_000 if nanoseconds else 1_000_000
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    written = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, link_type)
    for at_s, frame in frames:
        seconds, fraction = divmod(round(at_s * unit), unit)
        written += struct.pack(order + "IIII", seconds, fraction, len(frame), len(frame)) + frame
    return written


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link_type: int, order: str = "<", *, resolution: int | None = None) -> bytes:
    options = b"" if resolution is None else struct.pack(order + "HHB3xHH", 9, 1, resolution, 0, 0)
    return block(1, struct.pack(order + "HHI", link_type, 0, 0) + options, order)


def pcapng(
    frames: Iterable[tuple[float, bytes]], link_type: int = ETHERNET, *, order: str = "<", nanoseconds: bool = False
) -> bytes:
    """A pcapng file with one interface, and a block that nobody needs to know."""
    unit = 1_000_000_000 if nanoseconds else 1_000_000
    written = section(order) + interface(link_type, order, resolution=9 if nanoseconds else None)
    written += block(4, bytes(8), order)
    for at_s, frame in frames:
        at = round(at_s * unit)
        head = struct.pack(order + "IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame))
        written += block(6, head + frame, order)
    return written


# --- whole calls ------------------------------------------------------------------------------------------------------


def call_frames(
    sound: TwoParties, *, agent_after_s: float = 0.0, link_type: int = ETHERNET
) -> list[tuple[float, bytes]]:
    """A call between two endpoints: the agent in A-law, the customer in µ-law, as a tap beside the agent sees it."""
    agent = encoded("alaw", sound.agent)
    customer = encoded("mulaw", sound.customer)
    frames = [
        (BEGINS_S + agent_after_s + at_s, framed(udp(AGENT, CUSTOMER, packet), link_type))
        for at_s, packet in stream(agent, payload_type=8, ssrc=0xA)
    ]
    frames += [
        (BEGINS_S + at_s, framed(udp(CUSTOMER, AGENT, packet), link_type))
        for at_s, packet in stream(customer, ssrc=0xC)
    ]
    return sorted(frames, key=lambda frame: frame[0])
