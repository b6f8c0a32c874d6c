"""What the doors of mod_audio_stream, mod_audio_fork, jambonz and Vonage have in common."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import InputError, LivecueError, OverloadedError, ProtocolError
from gateway.sources.audio_fork import door as fork_door
from gateway.sources.audio_fork import jambonz_door
from gateway.sources.audio_stream import door as stream_door
from gateway.sources.codec import Describe, Hang, Join, Leave, Missing, Sound
from gateway.sources.door import SourceDoor
from gateway.sources.l16_text import MAX_OBJECTS, objects_of
from gateway.sources.vonage import door as vonage_door
from tests.support.envelopes import dropped, log, partial, silence, utterance
from tests.support.l16 import Driven
from tests.unit.gateway.sources.l16_wire import AGENT, CUSTOMER, DOORS, LIMITS, STEREO, metadata


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_no_protocol_has_a_timeline_and_nothing_is_joined_before_something_came(door: SourceDoor) -> None:
    driven = Driven(door).wait(60.0)
    assert not driven.codec.has_timeline
    assert driven.actions == []
    assert driven.codec.deadline_s is None


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_sound_waits_a_moment_for_the_text_and_nothing_of_it_is_lost(door: SourceDoor) -> None:
    driven = Driven(door).send(STEREO[:999], STEREO[999:])
    assert not driven.actions
    driven.send(metadata(channels="customer", mixType="mono"))
    assert driven.introduction.key == "pbx-9"
    assert driven.heard("customer") == STEREO


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_sound_without_a_text_is_a_call_of_the_settings_and_the_url(door: SourceDoor) -> None:
    driven = Driven(door, query={"call": "from-url", "role": "agent", "rate": "16k"}).send(STEREO)
    driven.wait(LIMITS.text_wait_s)
    introduction = driven.introduction
    assert (introduction.key, introduction.legs[0].rate_hz, driven.parties) == ("from-url", 16_000, ["agent"])
    assert driven.heard("agent") == STEREO


def test_much_sound_does_not_wait_for_a_text() -> None:
    driven = Driven(stream_door).send(bytes(LIMITS.early_bytes), bytes(4))
    assert driven.parties == ["customer", "agent"]
    assert len(driven.heard("agent")) == LIMITS.early_bytes // 2 + 2


@pytest.mark.parametrize(
    "text",
    ["hello", "", "[]", "17", '{"call": "pbx-9", "agent', '{"a":' * 50_000, '{"a": 1} tail', "null", '"text"'],
)
def test_unreadable_metadata_costs_a_remark(text: str) -> None:
    driven = Driven(stream_door, query={"call": "from-url"}).send(text, STEREO)
    assert driven.introduction.key == "from-url"
    assert driven.remarks == ["text-unreadable"]
    assert driven.heard("customer") == CUSTOMER


def test_metadata_after_the_call_was_joined_cannot_change_it_but_tells_of_people() -> None:
    driven = Driven(stream_door).send(STEREO).wait(1.0)
    driven.send(metadata(agent_id="1001"))
    assert driven.introduction.key is None
    assert driven.remarks == ["late-metadata"]
    (news,) = driven.all(Describe)
    assert news.agent is not None
    assert news.agent.agent_id == "1001"
    driven.send(metadata(agent_id="1001"))
    assert len(driven.all(Describe)) == 1


def test_the_same_metadata_again_is_nothing_new() -> None:
    text = metadata(channels="agent,customer", rate=8000, agent_id="1")
    driven = Driven(stream_door).send(text, text, text)
    assert not driven.remarks
    assert not driven.all(Describe)


def test_news_that_come_while_the_call_is_joined_are_told_then() -> None:
    driven = Driven(stream_door)
    driven.is_slow = True
    driven.send(metadata(), metadata(customer_id="138"))
    assert not driven.all(Describe)
    assert len(driven.join().all(Describe)) == 1


def test_a_call_that_gets_no_sound_is_remarked_once() -> None:
    driven = Driven(stream_door).send(metadata()).wait(60.0)
    assert driven.remarks == ["no-sound"]
    driven.send(STEREO).wait(60.0)
    assert driven.remarks == ["no-sound"]
    assert not Driven(stream_door).send(metadata(), STEREO).wait(60.0).remarks


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
def test_the_rate_is_what_metadata_say(rate_hz: int) -> None:
    assert Driven(stream_door).send(metadata(rate=rate_hz)).introduction.legs[0].rate_hz == rate_hz


def test_rate_and_channels_of_the_settings_count_where_nothing_is_said() -> None:
    driven = Driven(stream_door, channels=["agent", "customer"], rate_hz=16_000).send(metadata())
    assert driven.parties == ["agent", "customer"]
    assert driven.introduction.legs[0].rate_hz == 16_000


@pytest.mark.parametrize(
    ("fields", "parties"),
    [
        ({"mixType": "stereo"}, ["customer", "agent"]),
        ({"mix": "STEREO", "channels": "agent,customer"}, ["agent", "customer"]),
        ({"mixType": "mixed"}, ["mixed"]),
        ({"mixType": "mono"}, ["customer"]),
        ({"mixType": "mono", "role": "agent"}, ["agent"]),
        ({"mixType": "sideways", "role": "agent"}, ["agent"]),
    ],
)
def test_the_mix_tells_how_many_channels_there_are(fields: dict[str, object], parties: list[str]) -> None:
    driven = Driven(stream_door).send(metadata(**fields))
    assert driven.parties == parties
    assert not driven.remarks


@pytest.mark.parametrize(
    ("fields", "parties"),
    [
        ({"mixType": "stereo", "role": "agent"}, ["customer", "agent"]),
        ({"mixType": "mono", "channels": "agent,customer"}, ["agent"]),
        ({"mixType": "mixed", "channels": "agent,customer"}, ["mixed"]),
    ],
)
def test_roles_that_do_not_fit_the_mix_are_remarked(fields: dict[str, object], parties: list[str]) -> None:
    driven = Driven(stream_door).send(metadata(**fields))
    assert driven.parties == parties
    assert driven.remarks == ["channels-mismatch"]


def test_a_role_promises_the_other_party_on_another_connection() -> None:
    others = Driven(stream_door).send(metadata(role="agent")).introduction.others
    assert [leg.party for leg in others] == ["customer"]
    assert not Driven(stream_door).send(metadata(channels="agent")).introduction.others
    assert not Driven(stream_door).send(metadata(role="mixed")).introduction.others
    assert not Driven(stream_door).send('{"role": "agent"}').introduction.others


@given(st.data())
@settings(max_examples=60)
def test_any_split_gives_the_same_sound(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(STEREO)), max_size=30)))
    place = data.draw(st.integers(0, len(cuts)))
    pieces: list[str | bytes] = [
        STEREO[start:end] for start, end in zip([0, *cuts], [*cuts, len(STEREO)], strict=True) if end > start
    ]
    pieces.insert(min(place, len(pieces)), metadata())
    driven = Driven(fork_door).send(*pieces)
    assert (driven.heard("customer"), driven.heard("agent")) == (CUSTOMER, AGENT)
    assert not driven.remarks


def test_an_odd_rest_counts_when_the_sound_ends_with_it() -> None:
    driven = Driven(stream_door).send(metadata(), STEREO[:-1])
    assert not driven.remarks
    driven.perform(driven.codec.end(is_clean=True))
    assert driven.remarks == ["odd-byte-count"]
    assert driven.heard("customer") == CUSTOMER[:-2]


def test_sound_is_kept_while_the_call_is_joined_and_what_is_too_much_is_declared() -> None:
    driven = Driven(stream_door)
    driven.is_slow = True
    driven.send(metadata(), bytes(1 << 20), bytes(1 << 20), bytes(32_000), bytes(32_001), bytes(31_999))
    assert not driven.all(Sound)
    driven.join()
    assert driven.all(Missing) == [Missing(None, 3_000, "lost")]
    received_ms = len(driven.heard("agent")) // 16
    assert received_ms + driven.missing_ms() == (2 * (1 << 20) + 96_000) // 32
    assert driven.send(STEREO).all(Sound)[-1].pcm == AGENT


@pytest.mark.parametrize(
    "error",
    [
        OverloadedError("Full."),
        OverloadedError("Not yet.", code="not-serving", retry_after_s=0.0),
        InputError("Taken.", code="leg-taken"),
    ],
)
def test_a_refused_call_is_tried_again_while_its_connection_stands(error: LivecueError) -> None:
    driven = Driven(stream_door)
    driven.refusal = error
    driven.send(STEREO[:2], metadata(), STEREO[2:1001])
    assert driven.remarks == ["call-refused"]
    driven.refusal = None
    driven.wait(20.0)
    assert len(driven.all(Join)) == 2
    driven.send(STEREO[1001:])
    assert not driven.all(Hang)
    assert driven.heard("customer") == CUSTOMER[500:]
    assert driven.heard("agent") == AGENT[500:]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_call_that_takes_no_more_sound_leaves_its_connection_alone(door: SourceDoor) -> None:
    driven = Driven(door).send(metadata(), STEREO)
    driven.perform(driven.codec.failed(ProtocolError("Too long.", code="call-too-long")))
    driven.send(STEREO, "text").wait(60.0)
    driven.perform(driven.codec.closed(()))
    remarks = [code for code in driven.remarks if code != "content-type"]
    assert remarks[:2] == ["call-failed", "sound-after-end"]
    assert not driven.all(Hang)


def test_a_text_flood_is_left_out() -> None:
    driven = Driven(stream_door).send(metadata(), *["{}"] * 200)
    assert driven.remarks.count("text-flood") == 201 - LIMITS.texts_per_s


def test_many_objects_in_a_text_are_bounded() -> None:
    objects, is_whole = objects_of("{}" * (MAX_OBJECTS + 1))
    assert (len(objects), is_whole) == (MAX_OBJECTS, False)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_clean_end_is_the_end_of_the_legs_and_a_broken_one_waits(door: SourceDoor) -> None:
    clean, broken = Driven(door).send(metadata(), STEREO), Driven(door).send(metadata(), STEREO)
    clean.perform(clean.codec.end(is_clean=True))
    broken.perform(broken.codec.end(is_clean=False))
    assert [leave.linger_s for leave in clean.all(Leave)] == [LIMITS.linger_s]
    assert not broken.all(Leave)
    assert not clean.all(Hang)


def test_a_connection_shorter_than_the_wait_for_its_text_is_a_call_all_the_same() -> None:
    driven = Driven(stream_door).send(STEREO)
    driven.perform(driven.codec.end(is_clean=True))
    assert driven.heard("agent") == AGENT
    assert isinstance(driven.actions[-1], Leave)


def test_a_connection_that_carried_nothing_ends_without_a_call() -> None:
    driven = Driven(stream_door)
    driven.perform(driven.codec.end(is_clean=True))
    assert driven.actions == []


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_nothing_is_said_when_the_service_stops(door: SourceDoor) -> None:
    assert not Driven(door).send(metadata(), STEREO).codec.stop()


@pytest.mark.parametrize("door", [stream_door, fork_door, jambonz_door], ids=lambda door: door.name)
def test_results_go_back_as_single_objects_with_data(door: SourceDoor) -> None:
    driven = Driven(door, results="all").send(metadata(mixType="stereo"))
    driven.hear(*log("c-1", partial("u1", 1), utterance("u1"), silence(), dropped("u2")))
    messages = [json.loads(text) for text in driven.texts]
    assert [message["type"] for message in messages] == ["transcription"] * 3
    assert [message["data"]["is_final"] for message in messages] == [False, True, True]
    assert messages[1]["data"] == {
        "call_id": "c-1",
        "utterance_id": "u1",
        "party": "customer",
        "text": "家里五口人。",
        "is_final": True,
        "start_ms": 0,
        "end_ms": 900,
        "confidence": 0.9,
    }
    assert messages[2]["data"]["text"] == ""


def test_results_of_the_other_leg_go_to_its_own_connection() -> None:
    driven = Driven(fork_door).send(metadata(role="agent")).hear(*log("c-1", utterance("u1")))
    assert not driven.texts


def test_results_are_a_setting_and_off_by_default_for_mod_audio_stream() -> None:
    events = log("c-1", partial("u1", 1), utterance("u1"))
    assert not Driven(stream_door).codec.wants_events
    assert not Driven(stream_door).send(metadata()).hear(*events).texts
    assert len(Driven(fork_door).send(metadata()).hear(*events).texts) == 1
    assert not Driven(fork_door, results="off").send(metadata()).hear(*events).texts
    assert not Driven(vonage_door).codec.wants_events


def test_results_stay_far_below_what_the_module_takes() -> None:
    long = utterance("u1").model_copy(update={"text": '我"' * 400_000})
    (text,) = Driven(fork_door).send(metadata()).hear(*log("c-1", long)).texts
    assert isinstance(text, str)
    assert len(text.encode()) < 665_600
