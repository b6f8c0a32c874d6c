"""drachtio mod_audio_fork and jambonz ``listen``: a subprotocol, then as mod_audio_stream; results go back.

jambonz always sends an object about the call first: the public form, or, nested in ``dial``, the raw object of the
outgoing leg, whose own direction and numbers say nothing of the call it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from assist.messages import Customer
from gateway.source_settings import AudioForkSettings, SourcesSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import SourceDoor
from gateway.sources.l16 import Dialect, L16Codec
from gateway.sources.l16_text import Opening, mix_of, opening_of
from gateway.sources.metadata import Card, read_card, read_fields, text_of
from gateway.sources.results import transcriptions

FORK_SOURCE: Final = "mod_audio_fork/1"
JAMBONZ_SOURCE: Final = "jambonz/1"

SUBPROTOCOLS: Final = ("audio.drachtio.org", "audio.jambonz.org")

PASSING: Final = frozenset({"dtmf", "playDone", "mark", "clear"})
"""Texts about keys and playback."""


def _is_passing(fields: Mapping[str, object]) -> bool:
    return text_of(fields.get("event")) in PASSING or text_of(fields.get("type")) in PASSING


def _subprotocols(own: AudioForkSettings) -> tuple[str, ...]:
    return (*SUBPROTOCOLS, own.subprotocol) if own.subprotocol else SUBPROTOCOLS


def _dialect(source: str, own: AudioForkSettings, handshake: Handshake) -> Dialect:
    query = handshake.query
    is_jambonz = source == JAMBONZ_SOURCE

    def opening(fields: Mapping[str, object]) -> Opening:
        card = _jambonz_card(fields, query) if is_jambonz else read_card(fields).over(read_card(query))
        return opening_of(card, mix_of(fields, query), channels=own.channels, rate_hz=own.rate_hz)

    return Dialect(
        source=source, open=opening, is_passing=_is_passing, flushes=True, results=transcriptions(own.results)
    )


def _jambonz_card(fields: Mapping[str, object], query: Mapping[str, object]) -> Card:
    """What the first text says, over the customer data inside it, over the URL."""
    parent = text_of(fields.get("parentCallSid"))
    plain = {name: value for name, value in fields.items() if name not in CUSTOMER_DATA}
    if parent is not None:
        plain.pop("direction", None)
    card = read_card(plain, {"sampleRate": "rate"})
    for name in CUSTOMER_DATA:
        card = card.over(read_card(_object_of(fields.get(name))))
    card = card.over(read_card(query))
    if card.key is None:
        card = replace(card, key=parent or text_of(fields.get("callSid")))
    if card.customer is None and parent is None:
        number = text_of(fields.get("to" if card.direction == "outbound" else "from"))
        card = replace(card, customer=Customer(customer_id=number) if number else None)
    return card


CUSTOMER_DATA: Final = ("customerData", "_customerData")
"""What the operator's application attached to the call; the second in the raw object."""


def _object_of(value: object) -> Mapping[str, object]:
    """An object, also where it was written as a text."""
    if isinstance(value, dict):
        return cast("Mapping[str, object]", value)
    return (read_fields(value) if isinstance(value, str) else None) or {}


def _open_fork(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> L16Codec:
    return L16Codec(_dialect(FORK_SOURCE, settings.audio_fork, handshake))


def _open_jambonz(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> L16Codec:
    return L16Codec(_dialect(JAMBONZ_SOURCE, settings.jambonz, handshake))


door = SourceDoor(
    name="audio_fork",
    path="/ingest/audio_fork",
    settings=lambda settings: settings.audio_fork,
    open=_open_fork,
    subprotocols=lambda settings: _subprotocols(settings.audio_fork),
)
jambonz_door = SourceDoor(
    name="jambonz",
    path="/ingest/jambonz",
    settings=lambda settings: settings.jambonz,
    open=_open_jambonz,
    subprotocols=lambda settings: _subprotocols(settings.jambonz),
)
