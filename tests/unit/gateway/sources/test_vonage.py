"""Vonage Voice websockets (PROTOCOLS 11.9)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.source_settings import SourcesSettings, VonageSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import Proof
from gateway.sources.vonage import door, vouches
from tests.support.l16 import Driven, on_wire, two_parties
from tests.support.platforms import pieces_of
from tests.support.platforms.vonage import SECRET, VonageEndpoint, dtmf, token

NOW_S = 1_790_000_000.0
UNSIGNED = jwt.encode({"iat": NOW_S}, "", algorithm="none")


def connected(**fields: Any) -> str:
    return json.dumps({"event": "websocket:connected", "content-type": "audio/l16;rate=8000"} | fields)


# --- the first text and sound ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_both_parties_are_on_one_leg_at_the_rate_of_the_content_type(rate_hz: int) -> None:
    sound = two_parties(rate_hz)
    endpoint = VonageEndpoint(mix="mixed", headers={"callId": "v-1", "agentId": "1001", "customer_name": "李"})
    driven = Driven(door).send(*endpoint.messages(sound))
    introduction = driven.introduction
    assert (introduction.source, introduction.key) == ("vonage/1", "v-1")
    assert [(leg.party, leg.rate_hz) for leg in introduction.legs] == [("mixed", rate_hz)]
    assert introduction.agent is not None
    assert introduction.agent.agent_id == "1001"
    assert driven.heard("mixed") == on_wire(sound, "mixed")
    assert not driven.remarks
    assert not driven.texts


@pytest.mark.parametrize("size_bytes", [1, 319, 320, 640, 3_200])
def test_messages_of_any_size_and_before_the_first_text(size_bytes: int) -> None:
    sound = two_parties(8_000, 0.1)
    first, *others = pieces_of(sound.wire("pcm_s16le", "mixed"), size_bytes)
    driven = Driven(door).send(first, connected(), *others)
    assert driven.heard("mixed") == on_wire(sound, "mixed")


@pytest.mark.parametrize(
    ("content_type", "rate_hz", "is_remarked"),
    [
        ("audio/l16;rate=16000", 16_000, False),
        ("Audio/L16; rate = 16000 ", 16_000, False),
        ("audio/l16;rate=44100", 44_100, False),
        ("audio/l16;rate=96000", 8_000, True),
        ("audio/l16;rate=0", 8_000, True),
        ("audio/l16", 8_000, True),
        ("audio/basic", 8_000, True),
        (None, 8_000, True),
        (["audio/l16;rate=16000"], 8_000, True),
    ],
)
def test_the_rate_is_read_from_the_content_type(content_type: object, rate_hz: int, is_remarked: bool) -> None:
    driven = Driven(door).send(connected(**{"content-type": content_type}))
    assert driven.introduction.legs[0].rate_hz == rate_hz
    assert driven.remarks == (["content-type"] if is_remarked else [])


def test_headers_of_the_operator_that_collide_with_the_platforms_own() -> None:
    driven = Driven(door).send(connected(event="order-7", callId="v-1", **{"content-type": "text/plain"}))
    assert driven.introduction.key == "v-1"
    assert driven.remarks == ["content-type"]


def test_one_party_alone_where_a_websocket_hears_one() -> None:
    assert Driven(door).send(connected(call="v-1", role="customer")).parties == ["customer"]
    assert Driven(door, role="agent").send(connected()).parties == ["agent"]
    driven = Driven(door).send(connected(channels="customer,agent"))
    assert driven.parties == ["mixed"]
    assert driven.remarks == ["channels-mismatch"]


def test_what_is_sent_as_http_headers_counts_where_nothing_else_is_said() -> None:
    headers = {"callid": "from-headers", "agentid": "1001"}
    assert Driven(door, headers=headers).send(connected()).introduction.key == "from-headers"
    both = Driven(door, headers=headers).send(connected(callId="v-1")).introduction
    assert both.key == "v-1"
    assert both.agent is not None


@pytest.mark.parametrize(
    "text",
    [
        dtmf("5"),
        dtmf("#", nested=True),
        '{"event":"websocket:cleared"}',
        '{"event":"websocket:notify","payload":{"a":1}}',
    ],
)
def test_keys_and_playback_mean_nothing(text: str) -> None:
    driven = Driven(door).send(text, connected(callId="v-1"), text)
    assert driven.introduction.key == "v-1"
    assert not driven.remarks


def test_a_second_connection_names_the_same_call() -> None:
    keys = {Driven(door).send(connected(callId="v-1")).introduction.key for _ in range(2)}
    assert keys == {"v-1"}


# --- who may come in ---------------------------------------------------------------------------------------------


def proof_of(authorization: str | None, **settings: Any) -> Proof | None:
    headers = {} if authorization is None else {"authorization": authorization}
    own = VonageSettings.model_validate({"signature_secret": SECRET} | settings)
    return vouches(Handshake("wss://h/ingest/vonage", "/", {}, headers), SourcesSettings(vonage=own), lambda: NOW_S)


@pytest.mark.parametrize(
    ("authorization", "is_in"),
    [
        (f"Bearer {token(NOW_S)}", True),
        (f"bearer  {token(NOW_S)}", True),
        (f"Bearer {token(NOW_S - 299)}", True),
        (f"Bearer {token(NOW_S - 301)}", False),
        (f"Bearer {token(NOW_S + 59)}", True),
        (f"Bearer {token(NOW_S + 120)}", False),
        (f"Bearer {token(NOW_S, exp=NOW_S - 120)}", False),
        (f"Bearer {token(NOW_S, exp=NOW_S + 5)}", True),
        (f"Bearer {token(NOW_S, nbf=NOW_S + 120)}", False),
        (f"Bearer {token(NOW_S, iat=None)}", False),
        (f"Bearer {token(NOW_S, secret='another secret of thirty-two byte')}", False),
        (f"Bearer {token(NOW_S)[:-3]}", False),
        (f"Bearer {UNSIGNED}", False),
        (f"Bearer {jwt.encode({'iat': NOW_S}, SECRET * 2, algorithm='HS512')}", False),
        (f"Basic {token(NOW_S)}", False),
        ("Bearer lc_key", False),
        ("Bearer ", False),
        ("", False),
        (None, False),
    ],
)
def test_a_fresh_token_under_the_accounts_secret_vouches(authorization: str | None, is_in: bool) -> None:
    assert (proof_of(authorization) is not None) is is_in


@pytest.mark.parametrize(("jti", "proof_id"), [("c1", "c1"), (None, None), (7, None)])
def test_a_token_with_an_id_is_good_for_one_connection_for_as_long_as_it_is_fresh(
    jti: object, proof_id: str | None
) -> None:
    assert proof_of(f"Bearer {token(NOW_S, jti=jti)}") == Proof(proof_id, NOW_S + 300.0 + 60.0)


def test_nothing_vouches_without_a_secret_and_tokens_of_another_account_do_not() -> None:
    good = f"Bearer {token(NOW_S)}"
    assert not proof_of(good, signature_secret="")
    assert proof_of(good, account_key="a1b2c3d4")
    assert not proof_of(good, account_key="other")


@given(
    st.dictionaries(
        st.sampled_from(["iat", "exp", "nbf", "api_key", "iss", "sub", "jti", "aud"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    ).map(json.dumps)
    | st.text()
)
def test_no_claims_make_the_check_raise(claims: str) -> None:
    proof_of("Bearer " + jwt.PyJWS().encode(claims.encode("utf-8", "replace"), SECRET))


@given(st.text())
def test_no_header_makes_the_check_raise(authorization: str) -> None:
    assert not proof_of("Bearer " + authorization)


def test_remarks_are_explained() -> None:
    text = (Path(__file__).parents[4] / "docs" / "connect" / "vonage.md").read_text("utf-8")
    for code in ("content-type", "channels-mismatch", "no-sound", "call-refused", "text-unreadable"):
        assert f"`{code}`" in text
