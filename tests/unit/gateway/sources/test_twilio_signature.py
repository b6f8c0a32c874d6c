"""What Twilio's door lets in."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from gateway.source_settings import SourcesSettings, TwilioSettings
from gateway.sources.codec import Handshake
from gateway.sources.twilio import door
from gateway.sources.twilio.codec import TwilioCodec
from gateway.sources.twilio.signature import is_signed, sign

TOKEN = "12345"
URL = "wss://gateway.example.com/twilio"
SIGNATURE = "OtQORK5DF5epBoP8SKwxpKCrqVk="
SIGNATURE_WITH_PORT = "W+7IBrvmv6yyfKFCW2PqU/JZuB8="


def settings(**fields: object) -> SourcesSettings:
    return SourcesSettings(twilio=TwilioSettings.model_validate(fields))


def test_known_answers() -> None:
    assert sign(TOKEN, URL) == SIGNATURE
    assert sign(TOKEN, "wss://gateway.example.com:443/twilio") == SIGNATURE_WITH_PORT


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "wss://gateway.example.com:443/twilio",
        "https://gateway.example.com/twilio",
        "https://gateway.example.com:443/twilio",
    ],
)
@pytest.mark.parametrize("signature", [SIGNATURE, SIGNATURE_WITH_PORT])
def test_either_spelling_is_accepted_behind_a_proxy_or_not(url: str, signature: str) -> None:
    assert is_signed(TOKEN, url, signature)


@pytest.mark.parametrize(
    ("token", "url", "signature"),
    [
        ("12346", URL, SIGNATURE),
        (TOKEN, URL + "/", SIGNATURE),
        (TOKEN, "wss://gateway.example.com/Twilio", SIGNATURE),
        (TOKEN, "wss://gateway.example.com:8443/twilio", SIGNATURE),
        (TOKEN, "http://gateway.example.com/twilio", SIGNATURE),
        (TOKEN, URL + "?call=1", SIGNATURE),
        (TOKEN, "nonsense", SIGNATURE),
        (TOKEN, "wss://[::1/twilio", SIGNATURE),
        (TOKEN, URL, ""),
        (TOKEN, URL, SIGNATURE[:-1]),
        (TOKEN, URL, "签名" + chr(0xDC80)),
        ("", URL, sign("", URL)),
    ],
)
def test_anything_else_is_not(token: str, url: str, signature: str) -> None:
    assert not is_signed(token, url, signature)


def test_an_address_with_a_port_of_its_own_is_signed_with_it() -> None:
    assert is_signed(TOKEN, "http://127.0.0.1:8765/x", sign(TOKEN, "ws://127.0.0.1:8765/x"))
    assert is_signed(TOKEN, "ws://[::1]:8765/x", sign(TOKEN, "ws://[::1]:8765/x"))


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x-twilio-signature": SIGNATURE}, None),
        ({"x-twilio-signature": "AAAA"}, "bad-signature"),
        ({}, "unsigned"),
    ],
)
def test_the_door_refuses_before_the_upgrade(headers: dict[str, str], code: str | None) -> None:
    handshake = Handshake(url=URL, path="/twilio", headers=headers)
    refusal = door.admit(handshake, settings(auth_token=TOKEN), lambda: 0.0)
    assert (refusal and (refusal.code, refusal.status)) == (code and (code, 403))
    assert refusal is None or (TOKEN not in refusal.message and URL not in refusal.message)


@pytest.mark.parametrize(
    ("fields", "is_on"),
    [
        ({}, False),
        ({"auth_token": SecretStr(TOKEN)}, True),
        ({"auth_token": SecretStr(TOKEN), "enabled": False}, False),
        ({"unsigned": True}, True),
    ],
)
def test_without_a_secret_the_door_is_there_only_where_that_is_asked_for(
    fields: dict[str, object], is_on: bool
) -> None:
    assert door.is_on(settings(**fields)) is is_on


def test_the_codec_has_the_roles_of_the_settings_and_the_card_of_the_address() -> None:
    handshake = Handshake(url=URL, path="/twilio", query={"agent_id": "7"})
    codec = door.open(handshake, settings(channels=("agent", "customer")), True)
    assert isinstance(codec, TwilioCodec)
