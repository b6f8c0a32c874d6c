"""Which RTP streams are in a capture, and whose sound each is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from assist.errors import AudioFormatError
from assist.messages import Party
from gateway.sources.rtp.datagrams import Address, Datagram
from gateway.sources.rtp.packets import COMFORT_NOISE, ENCODINGS, RtpPacket

MAX_STREAMS: Final = 10_000
"""Looked at in one capture; further ones are not seen."""

_LEAST_PACKETS: Final = 10
_LEAST_IN_ORDER: Final = 0.5
_NEAR: Final = range(1, 100)
"""How far sequence numbers of successive packets may be apart to count as in order."""
_OVERLAP_S: Final = 1.0
"""For how long two streams of one direction run side by side, unless one continues the other."""


@dataclass(frozen=True, slots=True, order=True)
class StreamKey:
    source: Address
    target: Address
    ssrc: int


@dataclass(slots=True)
class Stream:
    """What a survey found out about one stream."""

    key: StreamKey
    first_s: float
    last_s: float
    packets: int = 0
    in_order: int = 0
    sound_packets: int = 0
    payload_types: set[int] = field(default_factory=set[int])
    last_sequence: int = 0

    def take(self, packet: RtpPacket, at_s: float) -> None:
        self.in_order += (packet.sequence - self.last_sequence) % (1 << 16) in _NEAR
        self.last_sequence, self.last_s = packet.sequence, at_s
        self.packets += 1
        self.sound_packets += packet.payload_type in ENCODINGS
        self.payload_types.add(packet.payload_type)

    @property
    def is_rtp(self) -> bool:
        """Whether its packets follow each other as RTP does; other datagrams look like RTP by chance."""
        return self.packets >= _LEAST_PACKETS and self.in_order >= _LEAST_IN_ORDER * self.packets

    @property
    def has_sound(self) -> bool:
        return self.sound_packets > 0

    def __str__(self) -> str:
        key, seconds = self.key, self.last_s - self.first_s
        return f"{key.source} to {key.target}, SSRC {key.ssrc:#010x}, {self.packets} packets in {seconds:.0f} s"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose sound is whose, as people say it: an address, an address with a port, a port, or an SSRC."""

    agent: str | None = None
    customer: str | None = None


class Survey:
    """Everything that looks like RTP in a capture."""

    def __init__(self) -> None:
        self._streams: dict[StreamKey, Stream] = {}

    def take(self, datagram: Datagram, packet: RtpPacket, at_s: float) -> None:
        key = StreamKey(datagram.source, datagram.target, packet.ssrc)
        stream = self._streams.get(key)
        if stream is None:
            if len(self._streams) >= MAX_STREAMS:
                return
            stream = self._streams[key] = Stream(key, at_s, at_s, last_sequence=packet.sequence - 1)
        stream.take(packet, at_s)

    def legs(self, choice: Choice) -> Mapping[StreamKey, Party]:
        """Who is heard on which stream.

        Raises AudioFormatError "no-rtp", "other-rtp" (no G.711 in it), "several-calls" (more streams than two parties
        have: say which), "no-such-stream".
        """
        found = [stream for stream in self._streams.values() if stream.is_rtp]
        if not found:
            raise AudioFormatError("There is no RTP in the capture.", code="no-rtp")
        streams = sorted((stream for stream in found if stream.has_sound), key=lambda stream: stream.first_s)
        if not streams:
            kinds = sorted({kind for stream in found for kind in stream.payload_types} - {COMFORT_NOISE})
            raise AudioFormatError(
                f"The RTP in the capture is of payload types {kinds}; only G.711 (0 and 8) can be read.",
                code="other-rtp",
            )
        directions = list(_directions(streams))
        if choice.agent is None and choice.customer is None:
            return _assigned(directions)
        return _chosen(directions, choice)


def _directions(streams: Sequence[Stream]) -> Iterator[list[Stream]]:
    """Streams of one party: between the same two addresses, one after the other."""
    directions: list[list[Stream]] = []
    for stream in streams:
        for direction in directions:
            if _goes_on(direction, stream):
                direction.append(stream)
                break
        else:
            directions.append([stream])
    yield from directions


def _goes_on(direction: Sequence[Stream], stream: Stream) -> bool:
    first, last_s = direction[0].key, max(one.last_s for one in direction)
    return (first.source, first.target) == (stream.key.source, stream.key.target) and (
        stream.first_s > last_s - _OVERLAP_S
    )


def _assigned(directions: Sequence[Sequence[Stream]]) -> Mapping[StreamKey, Party]:
    """Without a word from anybody: the first to be heard is the customer, whom the switch lets in first."""
    if len(directions) > 2:
        raise AudioFormatError(
            f"The capture has {len(directions)} streams; say whose is whose: {_listed(directions)}.",
            code="several-calls",
        )
    parties: Sequence[Party] = ("customer", "agent") if len(directions) == 2 else ("mixed",)
    return {stream.key: party for streams, party in zip(directions, parties, strict=True) for stream in streams}


def _chosen(directions: Sequence[Sequence[Stream]], choice: Choice) -> Mapping[StreamKey, Party]:
    agent, customer = _meant(directions, choice.agent), _meant(directions, choice.customer)
    if any(one is other for one in agent for other in customer):
        raise AudioFormatError("Agent and customer are said to be the same stream.", code="no-such-stream")
    if choice.customer is None:
        customer = _only_other(directions, agent)
    elif choice.agent is None:
        agent = _only_other(directions, customer)
    sides: tuple[tuple[Sequence[Sequence[Stream]], Party], ...] = ((agent, "agent"), (customer, "customer"))
    return {stream.key: party for side, party in sides for streams in side for stream in streams}


def _only_other(
    directions: Sequence[Sequence[Stream]], known: Sequence[Sequence[Stream]]
) -> Sequence[Sequence[Stream]]:
    """What is left for the other party: all of it, where that is one party's."""
    rest = [streams for streams in directions if not any(streams is one for one in known)]
    if any(_overlap(one, other) for one, other in combinations(rest, 2)):
        raise AudioFormatError(
            f"Several streams are left for the other party; say which: {_listed(rest)}.", code="several-calls"
        )
    return rest


def _overlap(one: Sequence[Stream], other: Sequence[Stream]) -> bool:
    first_s = max(one[0].first_s, other[0].first_s)
    last_s = min(max(stream.last_s for stream in one), max(stream.last_s for stream in other))
    return last_s - first_s > _OVERLAP_S


def _meant(directions: Sequence[Sequence[Stream]], said: str | None) -> Sequence[Sequence[Stream]]:
    """The streams that are meant; those from an address before those to it."""
    if said is None:
        return ()
    meant = [streams for streams in directions if said.lower() in _names(streams, streams[0].key.source)]
    meant = meant or [streams for streams in directions if said.lower() in _names(streams, streams[0].key.target)]
    if not meant:
        raise AudioFormatError(
            f"No stream of the capture goes by {said}; there are: {_listed(directions)}.", code="no-such-stream"
        )
    if any(_overlap(one, other) for one, other in combinations(meant, 2)):
        raise AudioFormatError(f"Several streams go by {said}: {_listed(meant)}.", code="several-calls")
    return meant


def _names(streams: Sequence[Stream], address: Address) -> set[str]:
    names = {address.host.lower(), str(address).lower(), str(address.port)}
    return names | {f"{stream.key.ssrc:#x}" for stream in streams} | {f"{stream.key.ssrc:#010x}" for stream in streams}


def _listed(directions: Iterable[Sequence[Stream]]) -> str:
    return "; ".join(str(streams[0]) for streams in directions)
