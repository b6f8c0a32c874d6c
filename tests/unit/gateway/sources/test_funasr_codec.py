"""The state machine of FunASR's clients: when a call opens, whose it is, and what cannot be served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assist.errors import InputError, OverloadedError
from assist.messages import Party
from gateway.sources.codec import Hang, Join, Leave, Remark, Sound
from gateway.sources.funasr.codec import FunasrCodec, FunasrLimits
from gateway.sources.funasr.remarks import REMARKS
from gateway.sources.metadata import read_card
from tests.support.funasr import (
    CHUNK,
    END,
    END_ACKNOWLEDGED,
    FIRST_TEXTS,
    PYPI,
    PYTHON_FILE,
    Client,
    joins,
    live,
    pcm,
    remarks,
    sent,
    text,
    utterance,
)

# --- opening the call ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", FIRST_TEXTS.values(), ids=FIRST_TEXTS.keys())
def test_the_call_of_every_client_opens_with_its_first_sound(fields: dict[str, Any]) -> None:
    client = Client()
    assert client.says(fields) == ()
    client.speaks(12)
    introduction = client.introduction
    assert (introduction.source, introduction.key, introduction.others) == ("funasr/1", None, ())
    assert [(leg.party, leg.codec, leg.rate_hz) for leg in introduction.legs] == [
        ("mixed", "pcm_s16le", fields.get("audio_fs", 16_000))
    ]
    assert introduction.pace == ("replay" if fields["mode"] == "offline" else "live")
    assert len(pcm(client.actions)) == 12 * len(CHUNK)


def test_hotwords_are_the_terms_of_the_call() -> None:
    assert live().introduction.terms == ("动感地带", "畅享套餐")


def test_a_client_without_sound_opens_no_call() -> None:
    client = Client()
    client.says(PYPI)
    assert sent(client.says(END)) == [{"mode": "2pass-offline", "wav_name": "call", "text": "", "is_final": True}]
    assert not joins(client.actions)


def test_sound_that_comes_as_it_is_said_is_live() -> None:
    client = live()
    assert client.introduction.pace == "live"
    assert not client.codec.has_timeline


def test_sound_that_nobody_can_have_said_yet_is_a_file() -> None:
    client = Client()
    client.says(PYPI)
    for _ in range(40):
        client.sends(CHUNK, after_s=0.001)
    assert client.introduction.pace == "replay"
    assert client.codec.has_timeline
    assert pcm(client.actions) == CHUNK * 40


def test_messages_of_200_kilobytes_lose_nothing() -> None:
    client = Client()
    client.says({"mode": "2pass", "audio_fs": 8000})
    sound = [bytes([number]) * 204_800 for number in range(5)]
    for piece in sound:
        client.sends(piece)
    client.says(END)
    assert pcm(client.actions) == b"".join(sound)
    assert client.introduction.pace == "replay"


def test_a_call_opens_without_further_messages() -> None:
    client = Client()
    client.says(PYPI)
    client.sends(CHUNK)
    assert client.codec.deadline_s == 0.5
    client.waits()
    assert client.introduction.pace == "live"
    assert pcm(client.actions) == CHUNK


def test_a_recording_shorter_than_the_watch_is_whole() -> None:
    client = Client()
    client.says(PYPI)
    client.sends(CHUNK)
    actions = client.says(END)
    assert [type(action) for action in actions] == [Join, Sound, Leave]
    assert client.introduction.pace == "replay"


def test_sound_before_the_first_text_is_kept() -> None:
    client = Client()
    client.sends(CHUNK)
    client.says(PYPI)
    client.speaks()
    assert client.introduction.legs[0].rate_hz == 8000
    assert pcm(client.actions) == CHUNK * 13


def test_sound_without_a_text_is_taken_with_the_defaults() -> None:
    client = Client()
    client.speaks(15)
    assert not joins(client.actions)
    client.speaks(3)
    assert client.introduction.legs[0].rate_hz == 16_000


def test_sound_without_a_text_is_not_held_without_bound() -> None:
    client = Client(FunasrCodec(limits=FunasrLimits(held_bytes=70_000)))
    for _ in range(73):
        client.sends(CHUNK)
    assert joins(client.actions)


def test_a_sample_may_be_cut_anywhere() -> None:
    client = live()
    before = len(pcm(client.actions))
    for piece in (b"\1", b"\2\3", b"\4\5\6"):
        client.sends(piece)
    assert pcm(client.actions)[before:] == bytes([1, 2, 3, 4, 5, 6])
    client.sends(b"\7")
    assert remarks(client.says(END)) == ["unfinished-sample"]


# --- whose call ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wav_name", "query", "key", "party"),
    [
        ("call-1-agent", {}, "call-1", "agent"),
        ("call-1_customer", {}, "call-1", "customer"),
        ("call-1.Customer", {}, "call-1", "customer"),
        ("call-1", {}, None, "mixed"),
        ("agent", {}, None, "mixed"),
        ("-agent", {}, None, "mixed"),
        ("call-1", {"role": "agent"}, "call-1", "agent"),
        ("microphone", {"role": "agent"}, None, "agent"),
        ("microphone", {"role": "agent", "call": "c"}, "c", "agent"),
        ("call-1-agent", {"call": "c"}, "c", "agent"),
        ("call-1-agent", {"role": "customer"}, "call-1", "customer"),
        ("demo", {"call": "c"}, "c", "mixed"),
    ],
)
def test_wav_name_or_url_say_whose_call_it_is(
    wav_name: str, query: dict[str, str], key: str | None, party: Party
) -> None:
    client = Client(FunasrCodec(card=read_card(query)))
    client.says(PYPI | {"wav_name": wav_name})
    client.speaks()
    introduction = client.introduction
    assert (introduction.key, introduction.legs[0].party) == (key, party)
    others = {"agent": ["customer"], "customer": ["agent"], "mixed": []}[party] if key else []
    assert [leg.party for leg in introduction.others] == others


def test_the_configured_role_is_of_those_who_do_not_say() -> None:
    client = Client(FunasrCodec(role="customer"))
    client.says(PYPI | {"wav_name": "c-9"})
    client.speaks()
    assert (client.introduction.legs[0].party, client.introduction.key) == ("customer", "c-9")


def test_two_channels_are_not_possible() -> None:
    client = Client(FunasrCodec(card=read_card({"channels": "customer,agent"})))
    client.says(PYPI)
    client.speaks()
    assert client.introduction.legs[0].party == "mixed"
    assert "mono-only" in remarks(client.actions)


def test_a_url_names_the_parties() -> None:
    client = Client(FunasrCodec(card=read_card({"agent_id": "1001", "customer_id": "138", "direction": "outbound"})))
    client.says(PYPI)
    client.speaks()
    introduction = client.introduction
    assert introduction.agent is not None
    assert introduction.customer is not None
    assert (introduction.agent.agent_id, introduction.customer.customer_id) == ("1001", "138")
    assert introduction.direction == "outbound"


# --- what cannot be served -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"mode": "streaming"}, {"audio_fs": 4000}, {"wav_format": "mp3"}])
def test_what_is_not_supported_is_said_at_the_end(fields: dict[str, Any]) -> None:
    client = Client()
    client.says(PYTHON_FILE | fields)
    assert remarks(client.speaks()) == ["cannot-serve"]
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["text"], final["is_final"]) == ("", True)
    assert (acknowledged["is_final"], acknowledged["is_end"]) == (False, True)
    assert acknowledged["error"]
    assert not joins(client.actions)


def test_what_is_put_right_is_served() -> None:
    client = Client()
    client.says(PYTHON_FILE | {"mode": "streaming"})
    client.speaks(2)
    client.says(PYTHON_FILE)
    client.speaks()
    assert client.introduction.pace == "live"


def test_a_refused_call_is_told_and_the_connection_closed() -> None:
    client = live()
    client.codec = FunasrCodec()
    client.codec.receive(text(PYTHON_FILE), 0.0)
    client.codec.receive(CHUNK, 0.0)
    assert joins(client.codec.receive(CHUNK, 1.0))
    actions = client.codec.failed(OverloadedError("Too many calls."))
    assert sent(actions) == [
        {"mode": "2pass", "wav_name": "demo", "is_final": False, "is_end": True, "error": "Too many calls."}
    ]
    assert actions[-1] == Hang(1013, "overloaded")


def test_a_call_that_takes_no_more_is_told_at_the_end() -> None:
    client = live()
    assert client.codec.failed(InputError("It is over.")) == ()
    assert client.sends(CHUNK) == ()
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["is_final"], final["error"], acknowledged["is_final"]) == (True, "It is over.", False)


def test_a_call_that_was_closed_elsewhere_is_told_at_the_end() -> None:
    client = live()
    assert client.is_closed() == []
    assert client.sends(CHUNK) == ()
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["is_final"], acknowledged["is_final"]) == (True, False)


@pytest.mark.parametrize("frame", ["", "{", "[]", "7", "\0"])
def test_what_is_no_object_is_skipped(frame: str) -> None:
    client = live()
    assert remarks(client.codec.receive(frame, client.now_s)) == ["bad-json"]
    client.says(END)
    assert client.is_closed()


def test_a_flood_of_texts_costs_the_connection() -> None:
    client = Client()
    actions = [action for _ in range(51) for action in client.says({})]
    assert actions == [Remark("text-flood", actions[0].message), Hang(1008, "text-flood")]  # type: ignore[union-attr]
    assert client.says(PYPI) == ()


# --- silence -------------------------------------------------------------------------------------------------------


def test_a_silent_client_is_let_go() -> None:
    client = Client()
    assert client.codec.deadline_s == 300
    assert client.waits()[-1] == Hang(1000, "idle")


def test_a_call_without_sound_is_taken_to_be_over() -> None:
    client = live()
    actions = client.waits()
    assert remarks(actions) == ["sound-stopped"]
    assert actions[-1] == Leave()
    assert client.is_closed()[-1]["is_final"]


def test_a_call_that_goes_on_without_the_leg_is_not_waited_for_without_end() -> None:
    client = live()
    client.says(END_ACKNOWLEDGED)
    client.hears(utterance(1, "好。"))
    assert client.waits() == ()
    actions = client.waits()
    final, acknowledged = sent(actions)
    assert (final["is_final"], acknowledged["is_end"]) == (True, True)
    assert remarks(actions) == ["call-goes-on"]
    assert isinstance(actions[-1], Hang)


def test_every_remark_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs" / "connect" / "funasr.md").read_text(encoding="utf-8")
    documented = {line.split("`")[1] for line in page.partition("## Remarks")[2].splitlines() if line.startswith("| `")}
    assert documented == set(REMARKS)


def test_a_call_that_fails_while_it_closes_is_told_at_once() -> None:
    client = live()
    client.says(END_ACKNOWLEDGED)
    final, acknowledged = sent(client.codec.failed(InputError("The store is away.")))
    assert (final["is_final"], acknowledged["is_final"], acknowledged["error"]) == (True, False, "The store is away.")
