"""What AudioSocket sends, and what its codec makes of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from uuid import UUID

from assist.errors import InputError, NotFoundError
from gateway.expected_calls import Announcement, Claim
from gateway.sources.audiosocket.codec import AudioSocketCodec, AudioSocketLimits
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Remark, Send, Sound

TICKET = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")
HELLO = bytes.fromhex("010010 40325ec25efd4bd3805f53576e581d13")
JOINED = JoinedCall("c1", {"customer": 0})
END = (Send(b"\x00\x00\x00"), Hang())


def claim_of(**announced: object) -> Claim:
    return Claim("customer", Announcement(key="pbx-1", **announced))  # type: ignore[arg-type]


class Tickets:
    """Gives out one ticket once, as the table of expected calls does."""

    def __init__(self, claim: Claim | None = None) -> None:
        self._claim = claim or claim_of()
        self._is_used = False

    def __call__(self, ticket: UUID) -> Claim:
        if ticket != TICKET:
            raise NotFoundError("Nobody announced it.", code="unknown-ticket")
        if self._is_used:
            raise InputError("It was used.", code="ticket-used")
        self._is_used = True
        return self._claim


def codec_of(claim: Claim | None = None, limits: AudioSocketLimits | None = None) -> AudioSocketCodec:
    return AudioSocketCodec(Tickets(claim), limits)


def known(claim: Claim | None = None) -> AudioSocketCodec:
    """A codec whose peer has said a good UUID."""
    codec = codec_of(claim)
    assert list(codec.receive(HELLO, 0.1)) == []
    return codec


def fed(codec: AudioSocketCodec, data: bytes, now_s: float = 1.0) -> list[Action]:
    """What comes of a piece of the stream; the call is joined as soon as it is asked for."""
    return carried_out(codec, codec.receive(data, now_s))


def carried_out(codec: AudioSocketCodec, actions: Sequence[Action]) -> list[Action]:
    done: list[Action] = []
    for action in actions:
        done.append(action)
        if isinstance(action, Join):
            done += codec.joined(JOINED)
    return done


def sound(length: int, first: int = 0) -> bytes:
    """Samples that differ from one another."""
    return b"".join(((first + index) % 32_768).to_bytes(2, "little") for index in range(length))


def pcm(actions: Sequence[Action]) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound))


def remarks(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def without_remarks(actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if not isinstance(action, Remark)]


def pieces(stream: bytes, cuts: Sequence[int]) -> Iterator[bytes]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    for begin, end in itertools.pairwise(places):
        yield stream[begin:end]
