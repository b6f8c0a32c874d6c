"""UDP datagrams in captured packets: link layer, IP, UDP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

_IPV4, _IPV6 = 0x0800, 0x86DD
_VLANS: Final = frozenset({0x8100, 0x88A8, 0x9100})
_UDP: Final = 17
_IPV6_EXTENSIONS: Final = frozenset({0, 43, 60})
"""Hop-by-hop options, routing, destination options."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Datagram:
    source: Address
    target: Address
    payload: bytes


def read_datagram(link_type: int, data: bytes) -> Datagram | None:
    """The datagram in a packet of a link type (tcpdump.org/linktypes.html).

    None for anything else, for fragments, and for what the capture cut short.
    """
    link = _LINKS.get(link_type)
    found = link(data) if link is not None else None
    if found is None:
        return None
    kind, packet = found
    if kind == _IPV4:
        return _ipv4(packet)
    return _ipv6(packet) if kind == _IPV6 else None


# --- link layers -----------------------------------------------------------------------------------------------------

_Found = tuple[int, bytes] | None
"""Ethernet type and packet."""


def _ethernet(data: bytes) -> _Found:
    return _tagged(data, 12)


def _linux_cooked(data: bytes) -> _Found:
    return _tagged(data, 14)


def _linux_cooked_2(data: bytes) -> _Found:
    return (int.from_bytes(data[:2], "big"), data[20:]) if len(data) >= 20 else None


def _tagged(data: bytes, at: int) -> _Found:
    """The packet after an Ethernet type and any VLAN tags."""
    kind = int.from_bytes(data[at : at + 2], "big")
    while kind in _VLANS and len(data) >= at + 6:
        at += 4
        kind = int.from_bytes(data[at : at + 2], "big")
    return kind, data[at + 2 :]


def _raw(data: bytes) -> _Found:
    version = data[0] >> 4 if data else 0
    return {4: _IPV4, 6: _IPV6}.get(version, 0), data


def _loopback(data: bytes) -> _Found:
    return _raw(data[4:])


_LINKS: Final[Mapping[int, Callable[[bytes], _Found]]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _linux_cooked,
    228: _raw,
    229: _raw,
    276: _linux_cooked_2,
}
"""BSD loopback, Ethernet, raw IP in its several numbers, Linux "any" captures."""


# --- IP and UDP ------------------------------------------------------------------------------------------------------


def _ipv4(packet: bytes) -> Datagram | None:
    if len(packet) < 20 or packet[9] != _UDP:
        return None
    begin, end = 4 * (packet[0] & 0x0F), int.from_bytes(packet[2:4], "big")
    is_fragment = int.from_bytes(packet[6:8], "big") & 0x3FFF
    if begin < 20 or is_fragment or end > len(packet):
        return None
    return _udp(packet[12:16], packet[16:20], packet[begin:end])


def _ipv6(packet: bytes) -> Datagram | None:
    if len(packet) < 40:
        return None
    kind, begin, end = packet[6], 40, 40 + int.from_bytes(packet[4:6], "big")
    while kind in _IPV6_EXTENSIONS and begin + 8 <= len(packet):
        kind, begin = packet[begin], begin + 8 + 8 * packet[begin + 1]
    if kind != _UDP or end > len(packet):
        return None
    return _udp(packet[8:24], packet[24:40], packet[begin:end])


def _udp(source: bytes, target: bytes, segment: bytes) -> Datagram | None:
    if len(segment) < 8:
        return None
    length = int.from_bytes(segment[4:6], "big")
    if not 8 <= length <= len(segment):
        return None
    return Datagram(
        Address(str(ip_address(source)), int.from_bytes(segment[:2], "big")),
        Address(str(ip_address(target)), int.from_bytes(segment[2:4], "big")),
        segment[8:length],
    )
