"""The words of AudioHook version 2, read leniently: what is used is checked, what is missing gets its default."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, cast

from assist.errors import ProtocolError
from gateway.frames import MAX_SAFE_INT, read_object
from gateway.sources.metadata import text_of

VERSION: Final = "2"
MAX_TEXT_UNITS: Final = 65_535
"""Longest text in either direction, as JavaScript counts characters."""
MAX_DURATION_US: Final = 12 * 3600 * 1_000_000
RATE_HZ: Final = 8_000
NIL_UUID: Final = "00000000-0000-0000-0000-000000000000"

ChannelName = Literal["external", "internal"]
CHANNEL_NAMES: Final[tuple[ChannelName, ChannelName]] = ("external", "internal")
DisconnectReason = Literal["completed", "unauthorized", "error"]

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DURATION: Final = re.compile(r"PT([0-9]{1,12}\.[0-9]{0,12}|\.?[0-9]{1,12})S")
_MAX_OFFER_CHARS: Final = 4_096

Parameters = Mapping[str, Any]


def uuid_of(value: object) -> str | None:
    """A UUID of any version, the nil one as well, in lower case."""
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else None


def duration_us(value: object) -> int | None:
    """Microseconds of ``PT1.25S``; None for anything else, and for more than half a day."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    length_us = round(Decimal(found[1]) * 1_000_000)
    return length_us if length_us <= MAX_DURATION_US else None


def duration(length_ms: int) -> str:
    """Milliseconds as ``PT1.25S``."""
    whole_s, rest_ms = divmod(max(0, length_ms), 1000)
    return f"PT{whole_s}.{rest_ms:03d}".rstrip("0").rstrip(".") + "S" if rest_ms else f"PT{whole_s}S"


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """One text of the platform; None where a part is missing or unusable."""

    kind: str
    session_id: str | None
    version: str | None
    seq: int | None
    serverseq: int | None
    position_us: int | None
    parameters: Parameters


def read_client_message(text: str) -> ClientMessage | str:
    """The message, or the code of what is wrong: "bad-json" or "bad-message"."""
    try:
        fields = read_object(text)
    except ProtocolError as error:
        return error.code
    parameters = fields.get("parameters")
    return ClientMessage(
        kind=fields["type"],
        session_id=uuid_of(fields.get("id")),
        version=fields["version"] if isinstance(fields.get("version"), str) else None,
        seq=_count(fields.get("seq")),
        serverseq=_count(fields.get("serverseq")),
        position_us=duration_us(fields.get("position")),
        parameters=cast(Parameters, parameters) if isinstance(parameters, dict) else {},
    )


def server_message(kind: str, session_id: str, seq: int, clientseq: int, parameters: Parameters) -> str:
    """One text of ours."""
    return json.dumps(
        {
            "version": VERSION,
            "type": kind,
            "id": session_id,
            "seq": seq,
            "clientseq": clientseq,
            "parameters": parameters,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The sound that was chosen from what is offered."""

    offer: Parameters
    """As it was offered, to the letter."""
    channels: tuple[ChannelName, ...]
    """In the order in which samples are interleaved."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What ``open`` says; None where it does not, or not usably."""

    organization_id: str | None
    conversation_id: str | None
    is_probe: bool
    """Genesys Cloud tries whether we are there: nobody speaks."""
    is_offering: bool
    """Whether any sound is offered at all."""
    selection: Selection | None
    language: str | None
    wants_languages: bool
    caller: str | None
    """Number or address, without its scheme."""
    caller_name: str | None
    called: str | None
    config: Parameters
    """What the operator wrote for this integration."""


def read_opening(parameters: Parameters) -> Opening:
    """Never fails: a probe has failed other servers by fields they did not know or missed."""
    participant = _object(parameters.get("participant"))
    offers = _list(parameters.get("media"))
    conversation = parameters.get("conversationId")
    caller = text_of(participant.get("ani"))
    who = uuid_of(participant.get("id"))
    return Opening(
        organization_id=uuid_of(parameters.get("organizationId")),
        conversation_id=None if conversation == NIL_UUID else text_of(conversation),
        is_probe=conversation == NIL_UUID or (not conversation and who in (None, NIL_UUID)),
        is_offering=bool(offers),
        selection=select_media(offers),
        language=text_of(parameters.get("language")),
        wants_languages=parameters.get("supportedLanguages") is True,
        caller=caller.removeprefix("tel:") or None if caller else None,
        caller_name=text_of(participant.get("aniName")) or None,
        called=(text_of(participant.get("dnis")) or "").removeprefix("tel:") or None,
        config=_object(parameters.get("customConfig")),
    )


def select_media(offers: Sequence[object]) -> Selection | None:
    """The first offer of both channels, else the first of one, in µ-law; None where there is neither.

    L16 is left out: the order of its bytes on the wire is not known for certain.
    """
    usable = [
        Selection(offer, channels) for offer in map(_object, offers) if (channels := _channels_of(offer)) is not None
    ]
    return next((one for one in usable if len(one.channels) == 2), usable[0] if usable else None)


def _channels_of(offer: Parameters) -> tuple[ChannelName, ...] | None:
    """Channels of an offer that can be used."""
    if (offer.get("type"), offer.get("format"), offer.get("rate")) != ("audio", "PCMU", RATE_HZ):
        return None
    names = _list(offer.get("channels"))
    if len(json.dumps(offer)) > _MAX_OFFER_CHARS:
        return None
    channels: tuple[ChannelName, ...] = tuple(known for name in names[:3] for known in CHANNEL_NAMES if name == known)
    return channels if len(set(channels)) == len(names) and channels else None


def _object(value: object) -> Parameters:
    return cast(Parameters, value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else ()


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE_INT
    return cast(int, value) if is_count else None
