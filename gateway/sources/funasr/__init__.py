"""Clients of FunASR's websocket server: Livecue takes the server's place (docs/connect/funasr.md)."""

from __future__ import annotations

from gateway.source_settings import SourcesSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import SourceDoor
from gateway.sources.funasr.codec import FunasrCodec
from gateway.sources.metadata import read_card

__all__ = ["FunasrCodec", "door"]


def _open(handshake: Handshake, settings: SourcesSettings, is_authenticated: bool) -> FunasrCodec:
    return FunasrCodec(role=settings.funasr.role, card=read_card(handshake.query))


door = SourceDoor(
    name="funasr",
    path="/ingest/funasr",
    bare_path="/",
    settings=lambda settings: settings.funasr,
    subprotocols=lambda settings: ("binary",),
    open=_open,
)
