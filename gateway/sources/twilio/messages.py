"""The messages of Twilio Media Streams, read leniently: numbers come as strings or numbers, what is new is ignored."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from pydantic_core import from_json

from gateway.frames import MAX_SAFE_INT

Track = Literal["inbound", "outbound"]

TRACKS: Final[Mapping[str, tuple[Track, ...]]] = {
    "inbound": ("inbound",),
    "outbound": ("outbound",),
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}
"""Both spellings: of messages, and of TwiML, which dialects use in messages as well."""

_NUMBER = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class Start:
    """The stream begins."""

    call_sid: str | None
    tracks: tuple[Track, ...]
    """What will come, inbound first; both where the message does not say."""
    parameters: Mapping[str, object]
    """``<Parameter>`` values."""
    is_mulaw: bool
    """Whether the declared format is the only one that Twilio has: G.711 µ-law, 8 kHz, mono."""


@dataclass(frozen=True, slots=True)
class Media:
    """Sound of one track."""

    track: Track | None
    """None: the message does not say."""
    timestamp_ms: int | None
    """Presentation time from the start of the stream; None: none that can be read."""
    payload: bytes
    """µ-law."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream has ended."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that is known and of no consequence here."""


@dataclass(frozen=True, slots=True)
class Strange:
    """A text that cannot be used."""

    code: Literal["bad-json", "bad-message", "bad-payload", "unknown-event"]


Event = Start | Media | Stop | Aside | Strange


def read_event(text: str) -> Event:
    """What a text says. Never raises."""
    try:
        message = from_json(text, allow_inf_nan=False)
    except ValueError:
        return Strange("bad-json")
    if not isinstance(message, dict):
        return Strange("bad-json")
    fields = cast(dict[str, Any], message)
    match fields.get("event"):
        case "media":
            return _read_media(_object(fields.get("media")))
        case "start":
            return _read_start(_object(fields.get("start")))
        case "stop" | "closed":
            return Stop()
        case "connected" | "dtmf" | "mark":
            return Aside()
        case str():
            return Strange("unknown-event")
        case _:
            return Strange("bad-message")


def _read_start(start: Mapping[str, object] | None) -> Event:
    if start is None:
        return Strange("bad-message")
    call_sid, form = start.get("callSid"), _object(start.get("mediaFormat")) or {}
    return Start(
        call_sid=call_sid if isinstance(call_sid, str) else None,
        tracks=_tracks(start.get("tracks")),
        parameters=_object(start.get("customParameters")) or {},
        is_mulaw=(
            form.get("encoding", "audio/x-mulaw") == "audio/x-mulaw"
            and _number(form.get("sampleRate", 8_000)) == 8_000
            and _number(form.get("channels", 1)) == 1
        ),
    )


def _read_media(media: Mapping[str, object] | None) -> Event:
    payload = None if media is None else media.get("payload")
    if media is None or not isinstance(payload, str):
        return Strange("bad-message")
    track = media.get("track")
    named = TRACKS.get(track, ()) if isinstance(track, str) else ()
    if track is not None and len(named) != 1:
        return Strange("bad-message")
    try:
        sound = base64.b64decode(payload + "=" * (-len(payload) % 4), validate=True)
    except ValueError:
        return Strange("bad-payload")
    return Media(track=named[0] if named else None, timestamp_ms=_number(media.get("timestamp")), payload=sound)


def _tracks(value: object) -> tuple[Track, ...]:
    names = cast(list[object], value) if isinstance(value, list) else [value]
    found = {track for name in names if isinstance(name, str) for track in TRACKS.get(name, ())}
    return tuple(track for track in TRACKS["both_tracks"] if track in found or not found)


def _object(value: object) -> Mapping[str, object] | None:
    return cast(dict[str, object], value) if isinstance(value, dict) else None


def _number(value: object) -> int | None:
    """A whole number that is not negative, written as one or in a string."""
    match value:
        case bool():
            return None
        case int() if 0 <= value <= MAX_SAFE_INT:
            return value
        case float() if 0 <= value <= MAX_SAFE_INT:
            return int(value)
        case str() if _NUMBER.fullmatch(value):
            return int(value)
        case _:
            return None
