"""Control messages of chan_websocket: events as JSON or as one line of plain text, and the commands it understands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from pydantic_core import from_json

MAX_COMMAND_BYTES: Final = 128
"""Asterisk drops longer ones with nothing but a line in its log."""

RECEIVE_ONLY: Final = '{"command":"SET_MEDIA_DIRECTION","direction":"in"}'
"""Directions are seen from the application: ``in`` is that we only listen. Plain-text channels have no such command."""

_NAME = re.compile(r"[A-Z][A-Z_]{0,63}")
_REST_OF_LINE: Final = "error_text"
"""The one value that holds spaces; it is the last."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a channel."""

    name: str
    fields: Mapping[str, object]
    """Without the name; a plain-text event has texts only."""
    is_json: bool


def read_event(text: str) -> Event | None:
    """The event in a text message of either format; None for anything else."""
    return _read_json(text) if text.lstrip().startswith("{") else _read_line(text.strip())


def _read_json(text: str) -> Event | None:
    try:
        value: object = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    fields = cast("Mapping[str, object]", value)
    name = fields.get("event")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    return Event(name, {key: field for key, field in fields.items() if key != "event"}, is_json=True)


def _read_line(line: str) -> Event | None:
    name, _, rest = line.partition(" ")
    if not _NAME.fullmatch(name):
        return None
    fields: dict[str, object] = {}
    while rest:
        key, colon, rest = rest.lstrip(" ").partition(":")
        if not colon:
            break
        if key == _REST_OF_LINE:
            fields[key] = rest
            break
        fields[key], _, rest = rest.partition(" ")
    return Event(name, fields, is_json=False)
