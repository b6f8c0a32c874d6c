"""What chan_websocket sends, and what its codec makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.source_settings import ChanWebsocketSettings
from gateway.sources.chan_websocket.codec import ChanWebsocketCodec, ChanWebsocketLimits
from gateway.sources.codec import (
    Action,
    Handshake,
    Introduction,
    Join,
    JoinedCall,
    Remark,
    Send,
    Sound,
)

JOINED = JoinedCall("c1", {"customer": 0})
CUSTOMER = {"call": "pbx1-1234.5", "role": "customer"}
LONG_LINE = (
    "MEDIA_START connection_id:livecue channel:WebSocket/livecue/0x7f0011:22 channel_id:pbx1-1234.99 format:ulaw"
    " optimal_frame_size:160 ptime:20"
)
SHORT_LINE = "MEDIA_START connection_id:livecue channel:WebSocket/livecue/0x7f0011 optimal_frame_size:160"


def start(**fields: Any) -> str:
    """MEDIA_START of a channel with JSON control."""
    return json.dumps(
        {
            "event": "MEDIA_START",
            "connection_id": "livecue",
            "channel": "WebSocket/livecue/0x7f0011",
            "channel_id": "pbx1-1234.99",
            "format": "ulaw",
            "optimal_frame_size": 160,
            "ptime": 20,
            "channel_variables": {},
        }
        | fields
    )


def codec_of(
    query: Mapping[str, str] = CUSTOMER, limits: ChanWebsocketLimits | None = None, **settings: Any
) -> ChanWebsocketCodec:
    handshake = Handshake(url="ws://livecue:8765/ingest/chan_websocket", path="/ingest/chan_websocket", query=query)
    return ChanWebsocketCodec(handshake, ChanWebsocketSettings(**settings), limits)


def fed(codec: ChanWebsocketCodec, *messages: str | bytes, now_s: float = 0.1) -> list[Action]:
    """What comes of messages; the call is joined as soon as it is asked for."""
    done: list[Action] = []
    for message in messages:
        for action in codec.receive(message, now_s):
            done.append(action)
            if isinstance(action, Join):
                done += codec.joined(JOINED)
    return done


def introduction(actions: Sequence[Action]) -> Introduction:
    (join,) = (action for action in actions if isinstance(action, Join))
    return join.introduction


def pcm(actions: Sequence[Action]) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound))


def remarks(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def sent(actions: Sequence[Action]) -> list[str | bytes]:
    return [action.message for action in actions if isinstance(action, Send)]
