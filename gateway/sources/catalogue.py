"""Every websocket door of phone platforms, by the module that describes it; loaded when the service puts them up."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from gateway.sources.door import SourceDoor

DOORS: Final[Mapping[str, str]] = {
    "audio_fork": "gateway.sources.audio_fork:door",
    "audio_stream": "gateway.sources.audio_stream:door",
    "audiohook": "gateway.sources.audiohook:door",
    "chan_websocket": "gateway.sources.chan_websocket:door",
    "funasr": "gateway.sources.funasr:door",
    "jambonz": "gateway.sources.audio_fork:jambonz_door",
    "twilio": "gateway.sources.twilio:door",
    "vonage": "gateway.sources.vonage:door",
}
"""``module:attribute`` of each door, by its name."""


def source_doors() -> tuple[SourceDoor, ...]:
    """All of them, whether their settings switch them on or not."""
    return tuple(_load(place) for place in DOORS.values())


def _load(place: str) -> SourceDoor:
    module, _, name = place.partition(":")
    door = getattr(import_module(module), name)
    if not isinstance(door, SourceDoor):
        raise TypeError(f"{place} is no SourceDoor")
    return door
