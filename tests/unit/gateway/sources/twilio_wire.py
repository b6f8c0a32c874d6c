"""What Twilio sends, and what its codec makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from asr.audio.codecs import decode
from assist.messages import Party
from gateway.sources.codec import Action, Introduction, Join, Missing, Remark, Sound
from gateway.sources.twilio.codec import TwilioCodec
from tests.support.platforms.twilio import TwilioStream

CUSTOMER_FIRST: tuple[Party, ...] = ("customer", "agent")
FRAME = bytes(range(160))
OTHER = bytes(range(95, 255))


def pcm(payload: bytes) -> bytes:
    return decode("mulaw", payload).astype("<i2").tobytes()


def started(stream: TwilioStream | None = None, channels: tuple[Party, ...] = CUSTOMER_FIRST) -> TwilioCodec:
    codec, stream = TwilioCodec(channels), stream or TwilioStream()
    assert not codec.receive(stream.connected(), 0.0)
    joined(codec.receive(stream.start(), 0.0))
    return codec


def joined(actions: Sequence[Action]) -> Introduction:
    (join,) = [action for action in actions if isinstance(action, Join)]
    return join.introduction


def taken(codec: TwilioCodec, texts: Iterable[str | bytes]) -> list[Action]:
    return [action for text in texts for action in codec.receive(text, 1.0)]


def codes(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def heard(actions: Sequence[Action], party: Party) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound) and action.party == party)


def holes(actions: Sequence[Action], party: Party) -> list[int]:
    return [action.duration_ms for action in actions if isinstance(action, Missing) and action.party == party]


def starting(**start: Any) -> str:
    return json.dumps({"event": "start", "start": {"callSid": "CA1", "tracks": ["inbound", "outbound"]} | start})
