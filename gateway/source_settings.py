"""What can be configured of the doors of phone platforms: ``LIVECUE_SOURCES__PLATFORM__…``."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import Field, SecretStr, field_validator

from assist.messages import Party
from gateway.channels import Channels
from gateway.setting_group import Count, Group, Positive

_API_KEY: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")

ToldResults = Literal["off", "utterances", "all"]
"""Which results go back: none, what was said in the end, or that and what is heard so far."""


class SourceSettings(Group):
    """What every platform's door has."""

    enabled: bool = True
    """Whether the door is there."""
    unsigned: bool = False
    """For development only: let connections in that prove nothing; logged at start."""


class TwilioSettings(SourceSettings):
    """Twilio Media Streams (see docs/connect/twilio.md)."""

    auth_token: SecretStr = SecretStr("")
    """Auth token of the Twilio account, under which each connection is signed; empty: the door is not there."""
    channels: Channels = ("customer", "agent")
    """Who speaks on the `inbound` and on the `outbound` track."""


class AudioHookSettings(SourceSettings):
    """Genesys AudioHook (see docs/connect/audiohook.md)."""

    keys: dict[str, SecretStr] = Field(default={})
    """Client secrets in base64 by API key, as a JSON object; a key with an empty one need not sign."""
    channels: Channels = ("customer", "agent")
    """Who speaks on `external` and on `internal`, where the customConfig does not say."""
    results: ToldResults = "off"
    """What goes back as `transcript` events: `off`, `utterances`, or `all` with what is heard so far."""

    @field_validator("keys")
    @classmethod
    def _have_secrets(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for key, secret in keys.items():
            if not _API_KEY.fullmatch(key) or not _BASE64.fullmatch(secret.get_secret_value()):
                raise ValueError("API keys hold letters, digits, + / _ and -, and their secrets are base64")
        return keys

    @field_validator("channels")
    @classmethod
    def _names_both(cls, channels: Channels) -> Channels:
        if len(channels) != 2:
            raise ValueError("channels must name who speaks on external and who on internal")
        return channels


class L16Settings(SourceSettings):
    """Where neither rate nor channels are on the wire."""

    channels: Channels = ("customer", "agent")
    """Who speaks on each channel of connections that do not say; the first where there is only one."""
    rate_hz: int = Field(default=8_000, ge=8_000, le=48_000)
    """Samples per second of connections that do not say."""


class AudioStreamSettings(L16Settings):
    """FreeSWITCH mod_audio_stream (see docs/connect/freeswitch.md)."""

    results: ToldResults = "off"
    """What goes back as `mod_audio_stream::json` events: `off`, `utterances`, or `all` with what is heard so far."""


class AudioForkSettings(L16Settings):
    """drachtio mod_audio_fork (see docs/connect/drachtio.md)."""

    results: ToldResults = "utterances"
    """What goes back as `transcription` messages: `off`, `utterances`, or `all` with what is heard so far."""
    subprotocol: str = Field(default="", max_length=100)
    """As in `MOD_AUDIO_FORK_SUBPROTOCOL_NAME`, where it is neither `audio.drachtio.org` nor `audio.jambonz.org`."""


class JambonzSettings(AudioForkSettings):
    """jambonz `listen` (see docs/connect/jambonz.md)."""


class AudioSocketSettings(SourceSettings):
    """Asterisk AudioSocket, on a port of its own (see docs/connect/asterisk-audiosocket.md)."""

    enabled: bool = False
    """Whether the port is there."""
    host: str = "127.0.0.1"
    """Address to listen on; a private one, for the protocol has neither keys nor TLS."""
    port: int = Field(default=9092, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    connections: Count = 500
    """Most connections at once, two for a call; more are closed at once."""
    first_frame_s: Positive = 5.0
    """How many seconds a connection may take to say its UUID."""


class ChanWebsocketSettings(SourceSettings):
    """Asterisk chan_websocket (see docs/connect/asterisk-websocket.md)."""

    channels: Channels = ("customer", "agent")
    """Parties of a call, each on a connection of its own; the first speaks on connections that do not say who does."""
    format: Literal["ulaw", "alaw", "slin", "slin16"] = "ulaw"
    """Format of connections that do not say."""


class VonageSettings(SourceSettings):
    """Vonage Voice websockets (see docs/connect/vonage.md)."""

    role: Party = "mixed"
    """Who is heard on connections that do not say: both parties at once."""
    rate_hz: int = Field(default=8_000, ge=8_000, le=48_000)
    """Samples per second of connections whose `content-type` does not say."""
    signature_secret: SecretStr = SecretStr("")
    """Signature secret of the Vonage account: lets connections in whose authorization is of type `vonage`."""
    account_key: str = ""
    """API key of the Vonage account, if tokens of other accounts with the same secret are to be refused."""
    token_age_s: Positive = 300.0
    """How old in seconds the token of such a connection may be."""


class FunasrSettings(SourceSettings):
    """Clients of FunASR's websocket server (see docs/connect/funasr.md)."""

    unsigned: bool = False
    """For development, and for clients that can send no key: let connections in that prove nothing, also at `/` of the
    main port; logged at start."""
    role: Party = "mixed"
    """Who is heard on connections that do not say."""


class SourcesSettings(Group):
    """The doors of phone platforms (see docs/connect/README.md)."""

    stall_s: Positive = 1.0
    """How many seconds without sound count as a gap where a platform does not say what is missing."""
    twilio: TwilioSettings = TwilioSettings()
    audiohook: AudioHookSettings = AudioHookSettings()
    audio_stream: AudioStreamSettings = AudioStreamSettings()
    audio_fork: AudioForkSettings = AudioForkSettings()
    jambonz: JambonzSettings = JambonzSettings()
    audiosocket: AudioSocketSettings = AudioSocketSettings()
    chan_websocket: ChanWebsocketSettings = ChanWebsocketSettings()
    vonage: VonageSettings = VonageSettings()
    funasr: FunasrSettings = FunasrSettings()
