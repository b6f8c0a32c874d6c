"""FreeSWITCH mod_audio_stream as its emulator plays it (PROTOCOLS 11.5)."""

from __future__ import annotations

from itertools import product

import pytest

from assist.messages import Party
from gateway.sources.audio_stream import door
from gateway.sources.codec import Describe, Hang
from tests.support.l16 import Driven, on_wire, two_parties
from tests.support.platforms import TwoParties
from tests.support.platforms.audio_stream import AudioStream, Mix, metadata_of


def played(stream: AudioStream, sound: TwoParties, **options: object) -> Driven:
    return Driven(door, **options).send(*stream.messages(sound))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mix", "rate_hz", "buffer_ms"), list(product(["mono", "mixed", "stereo"], [8_000, 16_000, 24_000], [20, 100, 200]))
)
def test_every_mix_rate_and_buffer_gives_the_same_sound(mix: Mix, rate_hz: int, buffer_ms: int) -> None:
    sound = two_parties(rate_hz, 0.6)
    stream = AudioStream(mix=mix, buffer_ms=buffer_ms)
    driven = played(AudioStream(metadata_of("c", stream, rate_hz), mix=mix, buffer_ms=buffer_ms), sound)
    assert driven.parties == list(stream.parties)
    assert driven.introduction.legs[0].rate_hz == rate_hz
    for party in stream.parties:
        assert driven.heard(party) == on_wire(sound, party)
    assert not driven.remarks


def test_a_short_first_message_of_a_resampled_stream_is_taken_as_it_is() -> None:
    sound = two_parties(16_000)
    stream = AudioStream(metadata_of("c", AudioStream(), 16_000), first_samples=7)
    assert played(stream, sound).heard("agent") == on_wire(sound, "agent")


@pytest.mark.parametrize("read", ["agent", "customer"])
def test_left_is_the_party_whose_channel_carries_the_bug(read: Party) -> None:
    sound = two_parties()
    stream = AudioStream(read=read)
    said = played(AudioStream(metadata_of("c", stream, 8_000), read=read), sound)
    configured = played(stream, sound, channels=list(stream.parties)).wait(1.0)
    for driven in (said, configured):
        assert driven.heard("agent") == on_wire(sound, "agent")
        assert driven.heard("customer") == on_wire(sound, "customer")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"call":"pbx-9"}', "pbx-9"),
        ("call=pbx-9&channels=customer,agent", "pbx-9"),
        ('{"call":"pbx-9","agent_name":"Li', "from-url"),
        ("pbx-9", "from-url"),
    ],
)
@pytest.mark.parametrize("comes_first", [True, False])
def test_metadata_of_any_form_before_or_after_the_first_sound(text: str, key: str, comes_first: bool) -> None:
    sound = two_parties()
    first, *others = AudioStream().sound(sound)
    driven = Driven(door, query={"call": "from-url"})
    driven.send(*((text, first) if comes_first else (first, text)), *others)
    assert driven.introduction.key == key
    assert driven.heard("customer") == on_wire(sound, "customer")


def test_url_parameters_do_without_metadata() -> None:
    sound = two_parties()
    query = {"call": "pbx-9", "channels": "agent,customer", "agent_id": "1001", "key": "lc_secret"}
    driven = Driven(door, query=query).send(*AudioStream(read="agent").messages(sound)).wait(1.0)
    assert driven.introduction.agent is not None
    assert driven.introduction.agent.agent_id == "1001"
    assert driven.heard("agent") == on_wire(sound, "agent")


def test_texts_during_the_call_tell_of_people_and_the_last_one_costs_nothing() -> None:
    sound = two_parties()
    driven = played(AudioStream('{"call":"pbx-9"}'), sound)
    driven.send('{"agent_id":"1001"}', "bye", '{"reason":"hangup"}')
    (news,) = driven.all(Describe)
    assert news.agent is not None
    assert driven.remarks == ["text-unreadable"]


def test_an_empty_message_means_nothing_here() -> None:
    driven = played(AudioStream('{"call":"pbx-9"}'), two_parties()).send(b"", b"")
    assert not driven.all(Hang)
    assert driven.codec.state == "live"


def test_two_connections_of_one_leg_each_name_the_same_call_and_each_other() -> None:
    sound = two_parties()
    legs = [
        played(AudioStream(f'{{"call":"pbx-9","role":"{party}"}}', mix="mono", read=party), sound)
        for party in ("customer", "agent")
    ]
    assert [driven.introduction.key for driven in legs] == ["pbx-9", "pbx-9"]
    assert [driven.introduction.others[0].party for driven in legs] == ["agent", "customer"]
    assert legs[1].heard("agent") == on_wire(sound, "agent")
