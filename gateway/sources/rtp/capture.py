"""Packet captures: pcap and pcapng files, packet by packet.

Formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. Only what carries packets is read; a file that was cut
off inside its last packet ends before it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from assist.errors import AudioFormatError

MAX_PACKET_BYTES: Final = 1 << 18
"""As libpcap has it."""
MAX_INTERFACES: Final = 1_000
_SKIPPED_AT_ONCE: Final = 1 << 16

ByteOrder = Literal["<", ">"]

_PCAP: Final[Mapping[bytes, tuple[ByteOrder, float]]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
"""Byte order and the unit of the fraction of a second, by the first four bytes."""
_SECTION: Final = b"\x0a\x0d\x0d\x0a"
_SECTION_ORDERS: Final[Mapping[bytes, ByteOrder]] = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_RESOLUTION, _OFFSET = 9, 14


@dataclass(frozen=True, slots=True)
class CapturedPacket:
    at_s: float
    """Unix time."""
    link_type: int
    data: bytes
    """From the link layer on; may be cut short by the capture."""


def is_capture(head: bytes) -> bool:
    """Whether a file that begins like this is a capture."""
    return head[:4] in _PCAP or head[:4] == _SECTION


def read_packets(file: BinaryIO) -> Iterator[CapturedPacket]:
    """The packets of a capture, in the order of the file. Raises AudioFormatError "broken-capture"."""
    magic = file.read(4)
    if magic == _SECTION:
        yield from _PcapNg(file).packets()
    elif magic in _PCAP:
        yield from _pcap(file, *_PCAP[magic])
    else:
        raise _broken("it is neither pcap nor pcapng")


def _broken(why: str) -> AudioFormatError:
    return AudioFormatError(f"The capture cannot be read: {why}.", code="broken-capture")


# --- pcap ------------------------------------------------------------------------------------------------------------


def _pcap(file: BinaryIO, order: ByteOrder, unit_s: float) -> Iterator[CapturedPacket]:
    head = file.read(20)
    if len(head) < 20:
        return
    (link_type,) = struct.unpack(order + "16xI", head)
    read_record = struct.Struct(order + "IIII")
    while len(record := file.read(read_record.size)) == read_record.size:
        seconds, fraction, length, _ = read_record.unpack(record)
        if length > MAX_PACKET_BYTES:
            raise _broken("a packet is longer than any can be")
        data = file.read(length)
        if len(data) < length:
            return
        yield CapturedPacket(seconds + fraction * unit_s, link_type & 0xFFFF, data)


# --- pcapng ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Interface:
    link_type: int
    unit_s: float = 1e-6
    offset_s: int = 0


class _PcapNg:
    """A file of sections; each has its own byte order and interfaces."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._order: ByteOrder = "<"
        self._interfaces: list[_Interface] = []
        self._at_s = 0.0
        """Of the last packet, for those that have no time."""
        self._readers: Mapping[int, Callable[[bytes], CapturedPacket | None]] = {
            _INTERFACE: self._interface,
            _PACKET: self._packet,
            _OLD_PACKET: self._old_packet,
            _SIMPLE_PACKET: self._simple_packet,
        }

    def packets(self) -> Iterator[CapturedPacket]:
        """Those of all sections; the first four bytes of the file were read."""
        kind = _SECTION
        while len(kind) == 4:
            if kind == _SECTION:
                if not self._section():
                    return
            elif (read := self._readers.get(struct.unpack(self._order + "I", kind)[0])) is None:
                self._skip(self._body_bytes() + 4)
            else:
                body = self._body()
                if body is None:
                    return
                packet = read(body)
                if packet is not None:
                    yield packet
            kind = self._file.read(4)

    def _section(self) -> bool:
        """Begin a section; False where the file ends in its head."""
        head = self._file.read(8)
        if len(head) < 8:
            return False
        order = _SECTION_ORDERS.get(head[4:])
        if order is None:
            raise _broken("a section has no byte order")
        self._order, self._interfaces = order, []
        (length,) = struct.unpack(order + "I", head[:4])
        if length < 28:
            raise _broken("a section is shorter than any can be")
        self._skip(length - 12)
        return True

    def _body_bytes(self) -> int:
        head = self._file.read(4)
        if len(head) < 4:
            return 0
        (length,) = struct.unpack(self._order + "I", head)
        if length < 12:
            raise _broken("a block is shorter than any can be")
        return length - 12

    def _body(self) -> bytes | None:
        """What is between the two lengths of a block; None where the file ends before."""
        length = self._body_bytes()
        if length > MAX_PACKET_BYTES + 1024:
            raise _broken("a block is longer than any can be")
        body = self._file.read(length + 4)
        return body[:-4] if len(body) == length + 4 else None

    def _skip(self, length: int) -> None:
        while length > 0:
            skipped = self._file.read(min(length, _SKIPPED_AT_ONCE))
            if not skipped:
                return
            length -= len(skipped)

    def _interface(self, body: bytes) -> None:
        if len(body) < 8 or len(self._interfaces) >= MAX_INTERFACES:
            raise _broken("an interface is not described as it should be")
        (link_type,) = struct.unpack(self._order + "H6x", body[:8])
        unit_s, offset_s = 1e-6, 0
        for code, value in self._options(body[8:]):
            if code == _RESOLUTION and value:
                unit_s = float(2 if value[0] & 0x80 else 10) ** -(value[0] & 0x7F)
            elif code == _OFFSET and len(value) == 8:
                (offset_s,) = struct.unpack(self._order + "q", value)
        self._interfaces.append(_Interface(link_type, unit_s, offset_s))

    def _options(self, options: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at + 4 <= len(options):
            code, length = struct.unpack_from(self._order + "HH", options, at)
            if code == 0:
                return
            yield code, options[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4

    def _packet(self, body: bytes) -> CapturedPacket | None:
        if len(body) < 20:
            raise _broken("a packet is shorter than its head")
        number, high, low, length = struct.unpack(self._order + "IIII4x", body[:20])
        return self._captured(number, high, low, body[20 : 20 + length])

    def _old_packet(self, body: bytes) -> CapturedPacket | None:
        if len(body) < 20:
            raise _broken("a packet is shorter than its head")
        number, high, low, length = struct.unpack(self._order + "H2xIII4x", body[:20])
        return self._captured(number, high, low, body[20 : 20 + length])

    def _simple_packet(self, body: bytes) -> CapturedPacket | None:
        if len(body) < 4 or not self._interfaces:
            raise _broken("a packet has no interface")
        (length,) = struct.unpack(self._order + "I", body[:4])
        return CapturedPacket(self._at_s, self._interfaces[0].link_type, body[4 : 4 + length])

    def _captured(self, number: int, high: int, low: int, data: bytes) -> CapturedPacket:
        if number >= len(self._interfaces):
            raise _broken("a packet has no interface")
        interface = self._interfaces[number]
        self._at_s = ((high << 32) | low) * interface.unit_s + interface.offset_s
        return CapturedPacket(self._at_s, interface.link_type, data)
