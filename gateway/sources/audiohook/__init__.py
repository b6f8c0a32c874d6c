"""Genesys AudioHook version 2: its door, which lets every connection in and says inside the protocol who may stay."""

from __future__ import annotations

import time
from typing import Final

from gateway.source_settings import SourcesSettings
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.messages import uuid_of
from gateway.sources.audiohook.session import AudioHookCodec, Identity
from gateway.sources.audiohook.signature import NonceMemory, SignedRequest, refusal_of
from gateway.sources.codec import Handshake
from gateway.sources.door import Clock, Refusal, SourceDoor
from gateway.sources.metadata import read_card

ID_HEADERS: Final = ("audiohook-organization-id", "audiohook-session-id", "audiohook-correlation-id")
_DEFAULT_PORTS: Final = ("", ":443", ":80")
"""Left out where a client names whom it calls, whatever a proxy makes of it."""


def audiohook_door(clock: Clock = time.time) -> SourceDoor:
    """A door with its own memory of used signatures; ``clock``: Unix time in seconds."""
    nonces = NonceMemory()

    def open_session(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> AudioHookCodec:
        own = settings.audiohook
        preferences = Preferences(own.channels, own.results, read_card(handshake.query))
        if own.unsigned:
            return AudioHookCodec(Identity(uuid_of(handshake.headers.get(ID_HEADERS[1]))), preferences)
        keys = {key: secret.get_secret_value() for key, secret in own.keys.items()}
        refusal = refusal_of(_signed_request(handshake), keys, clock(), nonces)
        organization_id, session_id, _ = (uuid_of(handshake.headers.get(name)) for name in ID_HEADERS)
        return AudioHookCodec(Identity(session_id, organization_id), preferences, refusal=refusal)

    return SourceDoor(
        name="audiohook",
        path="/ingest/audiohook",
        settings=lambda settings: settings.audiohook,
        open=open_session,
        needs_key=False,
        admit=_admit,
        has_what_it_needs=lambda settings: bool(settings.audiohook.keys),
    )


def _admit(handshake: Handshake, settings: SourcesSettings, clock: Clock) -> Refusal | None:
    if all(uuid_of(handshake.headers.get(name)) for name in ID_HEADERS):
        return None
    message = "The connection lacks the ids that Genesys Cloud sends as headers: is it a session of AudioHook?"
    return Refusal("no-session-id", message, status=400)


def _signed_request(handshake: Handshake) -> SignedRequest:
    """What may have been signed: the request under the name it came by, and under the public one."""
    _, _, rest = handshake.url.partition("://")
    public_name, _, path = rest.partition("/")
    names = (handshake.headers.get("host", "").strip(), public_name)
    authorities = dict.fromkeys(name.lower().removesuffix(port) for name in names for port in _DEFAULT_PORTS)
    return SignedRequest(f"/{path}", tuple(authorities), handshake.headers)


door = audiohook_door()
