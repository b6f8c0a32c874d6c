"""Who may come in at AudioHook's door: HTTP message signatures as Genesys Cloud makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.source_settings import AudioHookSettings, SourcesSettings
from gateway.sources.audiohook import audiohook_door
from gateway.sources.audiohook.session import AudioHookCodec
from gateway.sources.audiohook.signature import REFUSALS, NonceMemory, SignedRequest, refusal_of, signed_headers
from gateway.sources.audiohook.structured_fields import InnerList, Item, Token, read_dictionary, written
from gateway.sources.codec import Handshake, Remark
from tests.support.platforms.audiohook import (
    API_KEY,
    CLIENT_SECRET,
    COMPONENTS,
    NIL_UUID,
    PATH,
    AudioHookStream,
    id_headers,
    signed,
)

NOW = 1_641_013_200
KEYS = {API_KEY: CLIENT_SECRET, "open-key": ""}
TARGET, AUTHORITY = "/audiohook?tenant=1", "audiohook.example.com"
URL = f"https://{AUTHORITY}{TARGET}"
HEADERS = id_headers(
    "d7934305-0972-4844-938e-9060eef73d05",
    "e160e428-53e2-487c-977d-96989bf5c99d",
    "30b0e395-84d3-4570-ac13-9a62d8f514c0",
    API_KEY,
)
NONCE = "VGhpc0lzQVVuaXF1ZU5vbmNl"
VECTOR = {
    "Signature": "sig1=:QMn9Eo630Mm1QLMJYlqiVCNiTr8nGhR6FsbW/gExaJY=:",
    "Signature-Input": 'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id"'
    f' "audiohook-correlation-id" "x-api-key");keyid="{API_KEY}";nonce="{NONCE}"'
    ';alg="hmac-sha256";created=1641013200;expires=1641013230',
}


def refusal(
    *more: dict[str, str],
    now_s: float = NOW,
    nonces: NonceMemory | None = None,
    authorities: Sequence[str] = (AUTHORITY,),
    target: str = TARGET,
    headers: dict[str, str] = HEADERS,
) -> str | None:
    given = {name.lower(): value for part in (headers, *more) for name, value in part.items()}
    request = SignedRequest(target, authorities, given)
    return refusal_of(request, KEYS, now_s, NonceMemory() if nonces is None else nonces)


def changed(old: str, new: str) -> dict[str, str]:
    """The vendor's vector with something else in its ``Signature-Input``."""
    return VECTOR | {"Signature-Input": VECTOR["Signature-Input"].replace(old, new)}


def signing(**how: Any) -> dict[str, str]:
    how.setdefault("created", NOW)
    return signed(URL, HEADERS, **how)


def test_the_vendors_own_vector_comes_in() -> None:
    assert refusal(VECTOR) is None
    assert signing(nonce=NONCE) == VECTOR, "the emulator signs as the vendor does"


def test_we_sign_as_the_vendor_does() -> None:
    given = {name.lower(): value for name, value in HEADERS.items()}
    request = SignedRequest(TARGET, (AUTHORITY,), given)
    assert signed_headers(request, API_KEY, CLIENT_SECRET, created=NOW, nonce=NONCE) == VECTOR


@pytest.mark.parametrize("missing", COMPONENTS)
def test_every_component_has_to_be_covered(missing: str) -> None:
    components = [name for name in COMPONENTS if name != missing]
    assert refusal(signing(components=components)) == "signature-incomplete"


def test_components_may_come_in_any_order_and_be_more() -> None:
    assert refusal(signing(components=COMPONENTS[::-1])) is None
    more = {**HEADERS, "Origin": "https://apps.example.com"}
    headers = signed(URL, more, created=NOW, components=(*COMPONENTS, "origin"))
    assert refusal(headers, headers=more) is None
    assert refusal(headers) == "signature-incomplete", "a covered header is not there"


@pytest.mark.parametrize(
    ("age_s", "code"),
    [
        (0, None),
        (6, None),
        (7, None),
        (8, "signature-expired"),
        (31, "signature-expired"),
        (-3, None),
        (-4, "signature-too-early"),
    ],
)
def test_a_signature_is_good_for_seven_seconds(age_s: int, code: str | None) -> None:
    assert refusal(signing(created=NOW - age_s)) == code


@pytest.mark.parametrize(("lifetime_s", "code"), [(None, None), (3, None), (2, "signature-expired")])
def test_what_expires_has_three_seconds_left(lifetime_s: int | None, code: str | None) -> None:
    assert refusal(signing(lifetime_s=lifetime_s)) == code


@pytest.mark.parametrize(("nonce", "code"), [("n" * 21, "nonce-too-short"), ("n" * 22, None), ("", "nonce-too-short")])
def test_a_nonce_is_long(nonce: str, code: str | None) -> None:
    assert refusal(signing(nonce=nonce)) == code


def test_a_nonce_is_used_once_while_its_signature_could_be_repeated() -> None:
    nonces, headers = NonceMemory(), signing()
    assert refusal(headers, nonces=nonces) is None
    assert refusal(headers, nonces=nonces, now_s=NOW + 7) == "nonce-reused"
    assert refusal(signing(created=NOW + 14), nonces=nonces, now_s=NOW + 14) is None
    assert len(nonces) == 1, "the first is forgotten with its signature"


def test_remembered_nonces_are_bounded_and_only_good_signatures_leave_one() -> None:
    nonces = NonceMemory(limit=3)
    for number in range(9):
        refusal(signing(nonce=f"{number:022}"), nonces=nonces)
        refusal(signing(nonce=f"{number:022}", client_secret="d3Jvbmc="), nonces=nonces)
    assert len(nonces) == 3
    assert refusal(signing(nonce=f"{8:022}"), nonces=nonces) == "nonce-reused"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "unsigned"),
        ({"X-API-KEY": "open-key"}, None),
        ({"X-API-KEY": "nobodys-key"}, "unknown-key"),
        ({"X-API-KEY": ""}, "no-api-key"),
        ({"Signature": VECTOR["Signature"]}, "signature-malformed"),
        ({"Signature-Input": VECTOR["Signature-Input"]}, "signature-malformed"),
        (VECTOR | {"Signature": "sig2" + VECTOR["Signature"][4:]}, "signature-malformed"),
        (VECTOR | {"Signature": "sig1=1"}, "signature-malformed"),
        (VECTOR | {"Signature-Input": "sig1=1"}, "signature-malformed"),
        (VECTOR | {"Signature-Input": "sig1=(1);created=1641013200"}, "signature-malformed"),
        (VECTOR | {"Signature-Input": VECTOR["Signature-Input"] + ";tag=1"}, "signature-malformed"),
        (changed("=1641013200", '="x"'), "signature-malformed"),
        (changed("created=1", "created=-1"), "signature-malformed"),
        (changed("created=1641013200;", ""), "signature-incomplete"),
        (changed("hmac-sha256", "rsa"), "signature-malformed"),
        (changed('"x-api', '"@path" "x-api'), "signature-incomplete"),
        (changed('"x-api', '"@authority" "x-api'), "signature-malformed"),
        (changed('"x-api', '"signature" "x-api'), "signature-incomplete"),
        (changed('"x-api-key"', '"x-api-key";sf'), "signature-malformed"),
        (VECTOR | {"Signature": "sig1=:AAAA:"}, "signature-wrong"),
        (VECTOR | {"Audiohook-Session-Id": NIL_UUID}, "signature-wrong"),
    ],
)
def test_what_proves_nothing_is_refused(headers: dict[str, str], code: str | None) -> None:
    assert refusal(headers) == code
    assert code is None or code in REFUSALS


def test_the_key_that_signed_is_the_one_that_is_presented() -> None:
    assert refusal(signing(keyid="other")) == "key-mismatch"
    presented = HEADERS | {"X-API-KEY": "nobodys-key"}
    assert refusal(signed(URL, presented, created=NOW), headers=presented) == "unknown-key"
    without_secret = HEADERS | {"X-API-KEY": "open-key"}
    headers = signed(URL, without_secret, "", created=NOW)
    assert refusal(headers, headers=without_secret) == "signature-wrong", "an empty secret signs nothing"


def test_the_label_is_free_and_of_several_signatures_the_first_counts() -> None:
    good, bad = signing(label="other"), signing(label="second", client_secret="d3Jvbmc=")
    assert refusal(good) is None
    both = {name: f"{good[name]}, {bad[name]}" for name in good}
    turned = {name: f"{bad[name]}, {good[name]}" for name in good}
    assert refusal(both) is None
    assert refusal(turned) == "signature-wrong"


def test_where_the_connection_went_is_signed() -> None:
    assert refusal(VECTOR, target="/audiohook?tenant=2") == "signature-wrong"
    assert refusal(VECTOR, authorities=("inner:8765",)) == "signature-wrong"
    assert refusal(VECTOR, authorities=("inner:8765", AUTHORITY)) is None


# --- the door ----------------------------------------------------------------------------------------------------


def settings(**own: Any) -> SourcesSettings:
    return SourcesSettings.model_validate({"audiohook": {"keys": {API_KEY: CLIENT_SECRET}} | own})


def handshake(host: str = "cue.example.com", url: str = f"wss://cue.example.com{PATH}", **extra: str) -> Handshake:
    stream = AudioHookStream()
    headers = id_headers(stream.organization_id, stream.session_id, NIL_UUID, API_KEY)
    headers |= signed(f"wss://cue.example.com{PATH}", headers, created=NOW)
    given = {name.lower(): value for name, value in headers.items()} | {"host": host}
    return Handshake(url=url, path=PATH, headers=given | extra)


def opened(shake: Handshake, sources: SourcesSettings) -> AudioHookCodec:
    codec = audiohook_door(lambda: NOW).open(shake, sources, False)
    assert isinstance(codec, AudioHookCodec)
    return codec


@pytest.mark.parametrize(
    ("shake", "code"),
    [
        (handshake(), None),
        (handshake(host="inner:8765"), None),
        (handshake(host="CUE.example.com:443", url=f"ws://inner{PATH}"), None),
        (handshake(host="cue.example.com:8443"), None),
        (handshake(host="cue.example.com:8443", url=f"ws://cue.example.com:8443{PATH}"), "signature-wrong"),
        (handshake(host="inner:8765", url=f"ws://inner:8765{PATH}"), "signature-wrong"),
        (handshake(url=f"wss://cue.example.com{PATH}?"), "signature-wrong"),
        (handshake(signature=""), "signature-malformed"),
        (handshake(**{"x-api-key": "é\ud800"}), "key-mismatch"),
    ],
)
def test_the_name_it_came_by_or_the_public_one_is_signed(shake: Handshake, code: str | None) -> None:
    remarks = opened(shake, settings()).begin()
    assert [action.code for action in remarks if isinstance(action, Remark)] == ([] if code is None else [code])


def test_a_connection_comes_once() -> None:
    door, shake = audiohook_door(lambda: NOW), handshake()
    assert [len(door.open(shake, settings(), False).begin()) for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("name", ["organization", "session", "correlation"])
@pytest.mark.parametrize("value", ["", "not-a-uuid"])
def test_a_connection_without_its_ids_is_not_upgraded(name: str, value: str) -> None:
    door = audiohook_door(lambda: NOW)
    assert door.admit(handshake(), settings(), lambda: NOW) is None
    refused = door.admit(handshake(**{f"audiohook-{name}-id": value}), settings(), lambda: NOW)
    assert refused is not None
    assert refused.status == 400


def test_the_door_is_there_with_a_key_or_without_signatures() -> None:
    door = audiohook_door()
    assert not door.is_on(SourcesSettings())
    assert door.is_on(settings())
    assert not door.is_on(settings(enabled=False))
    unsigned = settings(keys={}, unsigned=True)
    assert door.is_on(unsigned)
    assert not opened(Handshake(url="ws://127.0.0.1:8765", path=PATH), unsigned).begin()


@pytest.mark.parametrize(
    "wrong",
    [{"keys": {"a key": ""}}, {"keys": {"key": "?"}}, {"keys": {"key": "abcde"}}, {"channels": ["customer"]}],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AudioHookSettings.model_validate(wrong)


def test_a_secret_may_lack_its_padding() -> None:
    own = settings(keys={API_KEY: CLIENT_SECRET.rstrip("=")})
    assert not opened(handshake(), own).begin()


# --- structured fields -------------------------------------------------------------------------------------------


def test_a_dictionary_is_read_and_written() -> None:
    read = read_dictionary(' a=( "x"  "q\\"\\\\";b=?0;c );n=1;t=tok/1 , b , c;d=-3,\te=:AQI=:, a=7 ')
    assert read == {
        "b": Item(True),
        "c": Item(True, (("d", -3),)),
        "e": Item(b"\x01\x02"),
        "a": Item(7),
    }
    covered = read_dictionary('a=( "x"  "q\\"\\\\";b=?0;c );n=1;t=tok/1')["a"]
    assert isinstance(covered, InnerList)
    assert covered.parameters == (("n", 1), ("t", Token("tok/1")))
    assert written(covered) == '("x" "q\\"\\\\";b=?0;c);n=1;t=tok/1'


@pytest.mark.parametrize(
    "field",
    [
        "a=",
        "=1",
        "a,",
        "a,,b",
        "A=1",
        'a="',
        'a="\x7f"',
        "a=(1",
        "a=(1(2))",
        'a=("x""y")',
        "a=1.5",
        "a=1111111111111111",
        "a=:A:",
        "a=:AAAAA:",
        "a=?2",
        "a;=1",
        "a;b=1;b=2",
        "a=1\tb",
        "a='x'",
        "é=1",
        "a=\\",
    ],
)
def test_what_is_no_dictionary_is_refused(field: str) -> None:
    with pytest.raises(ValueError):
        read_dictionary(field)


@given(st.text(alphabet=st.sampled_from('ab=(); ,"\\:A?01-.\t*'), max_size=40))
@example("")
def test_any_text_is_read_or_refused(field: str) -> None:
    try:
        members = read_dictionary(field)
    except ValueError:
        return
    for name, member in members.items():
        again = written(member)
        assert read_dictionary(f"{name}={again}") == {name: member}


@given(st.dictionaries(st.sampled_from(["signature", "signature-input", "x-api-key", "host"]), st.text(max_size=60)))
def test_any_headers_are_judged(headers: dict[str, str]) -> None:
    shake = Handshake(url=f"wss://cue.example.com{PATH}", path=PATH, headers=headers)
    assert opened(shake, settings()).begin()
