"""Vonage Voice websockets: the websocket is a participant of the call and hears both parties on one leg.

The first text holds ``content-type`` and, beside it, what the operator gave as ``headers``. A connection proves who it
is with a Livecue API key (authorization of type ``custom``) or with the token that signs Vonage's webhooks (type
``vonage``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

import jwt
from pydantic_core import from_json

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ
from gateway.source_settings import SourcesSettings, VonageSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import Clock, Proof, SourceDoor
from gateway.sources.l16 import Dialect, L16Codec
from gateway.sources.l16_text import Opening, opening_of, remark
from gateway.sources.metadata import Card, read_card, text_of

SOURCE: Final = "vonage/1"

PASSING: Final = frozenset({"websocket:dtmf", "websocket:cleared", "websocket:notify"})
"""Texts about keys and playback."""

NAMES: Final[Mapping[str, str]] = {"callId": "call", "conversation_uuid": "call", "call_uuid": "call"}

CLOCK_SKEW_S: Final = 60.0

_SIGNATURES = jwt.PyJWS()

_RATE = re.compile(r"\s*audio/l16\s*;\s*rate\s*=\s*(\d{1,6})\s*", re.IGNORECASE)


def _is_passing(fields: Mapping[str, object]) -> bool:
    return text_of(fields.get("event")) in PASSING


def _open(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> L16Codec:
    own = settings.vonage

    def opening(fields: Mapping[str, object]) -> Opening:
        card = read_card(fields, NAMES)
        card = card.over(read_card(handshake.query, NAMES)).over(read_card(handshake.headers, NAMES))
        card = _with_rate(card, fields.get("content-type"))
        if card.channels is not None and len(card.channels) > 1:
            card = replace(card, channels=None, remarks=(*card.remarks, remark("channels-mismatch")))
        return opening_of(card, None, channels=(own.role,), rate_hz=own.rate_hz)

    return L16Codec(Dialect(source=SOURCE, open=opening, is_passing=_is_passing))


def _with_rate(card: Card, content_type: object) -> Card:
    """The card with the rate of the sound as the platform declares it."""
    found = _RATE.fullmatch(content_type) if isinstance(content_type, str) else None
    rate_hz = int(found[1]) if found else 0
    if MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        return replace(card, rate_hz=rate_hz)
    return replace(card, remarks=(*card.remarks, remark("content-type")))


def vouches(handshake: Handshake, settings: SourcesSettings, clock: Clock) -> Proof | None:
    """The fresh token under the account's signature secret that the connection carries; good once if it has an id."""
    own = settings.vonage
    secret = own.signature_secret.get_secret_value()
    scheme, _, token = handshake.headers.get("authorization", "").partition(" ")
    if not secret or scheme.lower() != "bearer" or not token:
        return None
    try:
        claims = from_json(_SIGNATURES.decode(token.strip(), secret, algorithms=["HS256"]))
    except (jwt.InvalidTokenError, ValueError):
        return None
    if not isinstance(claims, dict):
        return None
    claims = cast("dict[str, object]", claims)
    if not _is_fresh(claims, own, clock()) or own.account_key not in ("", claims.get("api_key")):
        return None
    token_id = claims.get("jti")
    until_s = clock() + own.token_age_s + CLOCK_SKEW_S  # it may have been issued by a clock that is ahead
    return Proof(token_id if isinstance(token_id, str) else None, until_s)


def _is_fresh(claims: Mapping[str, object], own: VonageSettings, now_s: float) -> bool:
    """By the clock that is passed in: issued lately, and not used before or after its time."""
    issued_s = _time(claims.get("iat"))
    if issued_s is None or not -CLOCK_SKEW_S <= now_s - issued_s <= own.token_age_s:
        return False
    begins_s, ends_s = _time(claims.get("nbf", issued_s)), _time(claims.get("exp", now_s))
    return (
        begins_s is not None
        and ends_s is not None
        and begins_s <= now_s + CLOCK_SKEW_S
        and now_s <= ends_s + CLOCK_SKEW_S
    )


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        return None
    return float(value)


door = SourceDoor(
    name="vonage",
    path="/ingest/vonage",
    settings=lambda settings: settings.vonage,
    open=_open,
    vouches=vouches,
)
