"""Asterisk chan_websocket: the door of its connections."""

from __future__ import annotations

from gateway.source_settings import SourcesSettings
from gateway.sources.chan_websocket.codec import ChanWebsocketCodec
from gateway.sources.codec import Handshake
from gateway.sources.door import SourceDoor

SUBPROTOCOL = "media"


def _open(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> ChanWebsocketCodec:
    return ChanWebsocketCodec(handshake, settings.chan_websocket)


door = SourceDoor(
    name="chan_websocket",
    path="/ingest/chan_websocket",
    settings=lambda settings: settings.chan_websocket,
    open=_open,
    subprotocols=lambda _: (SUBPROTOCOL,),
)
