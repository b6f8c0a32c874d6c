"""Twilio Media Streams: its door, which lets in what Twilio signed."""

from __future__ import annotations

from gateway.source_settings import SourcesSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import Clock, Refusal, SourceDoor
from gateway.sources.metadata import read_card
from gateway.sources.twilio.codec import TwilioCodec
from gateway.sources.twilio.signature import is_signed

SIGNATURE_HEADER = "x-twilio-signature"


def _open(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> TwilioCodec:
    return TwilioCodec(settings.twilio.channels, read_card(handshake.query))


def _admit(handshake: Handshake, settings: SourcesSettings, clock: Clock) -> Refusal | None:
    signature = handshake.headers.get(SIGNATURE_HEADER, "")
    if is_signed(settings.twilio.auth_token.get_secret_value(), handshake.url, signature):
        return None
    if not signature:
        return Refusal("unsigned", "The connection carries no X-Twilio-Signature: does it come from Twilio?")
    return Refusal(
        "bad-signature",
        "X-Twilio-Signature does not fit: compare LIVECUE_SOURCES__TWILIO__AUTH_TOKEN with the account, and "
        "LIVECUE_PUBLIC_URL and the path with the address in the TwiML, letter by letter.",
    )


door = SourceDoor(
    name="twilio",
    path="/ingest/twilio",
    settings=lambda settings: settings.twilio,
    open=_open,
    needs_key=False,
    admit=_admit,
    has_what_it_needs=lambda settings: bool(settings.twilio.auth_token.get_secret_value()),
)
