"""drachtio mod_audio_fork and jambonz ``listen`` (PROTOCOLS 11.6)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import OverloadedError
from gateway.source_settings import AudioForkSettings, JambonzSettings, SourcesSettings
from gateway.sources.audio_fork import door, jambonz_door
from gateway.sources.codec import Describe, Hang, Leave
from tests.support.envelopes import log, utterance
from tests.support.l16 import Driven, interleaved, on_wire, samples, two_parties
from tests.support.platforms.audio_fork import AudioFork, gathered
from tests.support.platforms.jambonz import first_text, nested_text

STEREO = interleaved(samples(400, 1), samples(400, 2))
METADATA = '{"call":"pbx-9","channels":"customer,agent"}'


# --- subprotocols and framing ------------------------------------------------------------------------------------


def test_both_doors_know_both_subprotocols_and_a_configured_one() -> None:
    plain, own = SourcesSettings(), AudioForkSettings(subprotocol="audio.example.org")
    both = ("audio.drachtio.org", "audio.jambonz.org")
    assert door.subprotocols(plain) == jambonz_door.subprotocols(plain) == both
    configured = SourcesSettings(audio_fork=own, jambonz=JambonzSettings(subprotocol="x.y"))
    assert door.subprotocols(configured) == (*both, "audio.example.org")
    assert jambonz_door.subprotocols(configured) == (*both, "x.y")


@pytest.mark.parametrize("seed", range(5))
def test_messages_of_any_length_give_the_same_sound(seed: int) -> None:
    sound = two_parties(8_000, 2.0)
    driven = Driven(door).send(*gathered(AudioFork(METADATA, seed=seed).messages(sound)))
    assert driven.heard("customer") == on_wire(sound, "customer")
    assert driven.heard("agent") == on_wire(sound, "agent")


@given(st.integers(0, len(STEREO)))
def test_stereo_may_be_cut_at_any_byte(place: int) -> None:
    driven = Driven(door).send(METADATA, *(part for part in (STEREO[:place], STEREO[place:]) if part))
    assert driven.heard("agent") == samples(400, 2)


def test_two_and_three_objects_in_one_text_are_taken_apart() -> None:
    driven = Driven(door).send(METADATA + '{"agent_id":"1"}', '{"customer_id":"2"} {"type":"mark"}\n{"new":1}')
    assert len(driven.all(Describe)) == 2
    assert not driven.remarks


def test_an_object_in_two_texts_costs_nothing_but_remarks() -> None:
    driven = Driven(door, query={"call": "pbx-9"}).send(METADATA[:20], METADATA[20:], STEREO)
    assert driven.remarks == ["text-unreadable", "text-unreadable"]
    assert driven.heard("customer") == samples(400, 1)


# --- graceful shutdown -------------------------------------------------------------------------------------------


def test_an_empty_message_flushes_and_the_last_result_goes_out_before_our_close() -> None:
    driven = Driven(door).send(METADATA, STEREO, b"")
    assert driven.all(Leave) == [Leave()]
    driven.hear(*log("c-1", utterance("u1"))).send(b"", b"")
    assert not driven.all(Hang)
    driven.perform(driven.codec.closed(()))
    assert len(driven.texts) == 1
    assert [type(action) for action in driven.actions[-2:]][-1] is Hang
    assert len(driven.all(Leave)) == 1
    assert not driven.send(b"").remarks


def test_results_that_take_too_long_do_not_keep_the_connection() -> None:
    driven = Driven(door).send(METADATA, STEREO, b"").wait(30.0)
    assert len(driven.all(Hang)) == 1


def test_an_empty_message_first_of_all_is_answered_with_our_close() -> None:
    driven = Driven(door).send(b"")
    assert driven.actions == [Hang()]


def test_an_empty_message_before_the_call_is_joined_waits_for_it() -> None:
    driven = Driven(door)
    driven.is_slow = True
    driven.send(METADATA, STEREO, b"")
    assert not driven.all(Leave)
    driven.join()
    assert driven.heard("customer") == samples(400, 1)
    assert isinstance(driven.actions[-1], Leave)


def test_a_call_that_is_over_or_refused_is_still_answered_with_our_close() -> None:
    over, refused = Driven(door).send(METADATA, STEREO), Driven(door)
    over.perform(over.codec.closed(()))
    refused.refusal = OverloadedError("Full.")
    for driven in (over, refused.send(METADATA, STEREO)):
        assert not driven.all(Hang)
        assert len(driven.send(b"", b"").all(Hang)) == 1


def test_sound_without_a_text_is_still_heard_when_it_is_flushed() -> None:
    driven = Driven(door).send(STEREO, b"")
    assert driven.heard("agent") == samples(400, 2)
    assert driven.all(Leave)


# --- jambonz -----------------------------------------------------------------------------------------------------


def test_the_public_form_names_the_call_its_sound_and_who_is_calling() -> None:
    introduction = Driven(jambonz_door).send(first_text("CA1", rate_hz=16_000)).introduction
    assert (introduction.source, introduction.key, introduction.direction) == ("jambonz/1", "CA1", "inbound")
    assert [(leg.party, leg.rate_hz) for leg in introduction.legs] == [("customer", 16_000), ("agent", 16_000)]
    assert introduction.customer is not None
    assert introduction.customer.customer_id == "13800138000"


def test_of_an_outgoing_call_the_customer_is_the_called() -> None:
    introduction = Driven(jambonz_door).send(first_text("CA1", direction="outbound")).introduction
    assert introduction.direction == "outbound"
    assert introduction.customer is not None
    assert introduction.customer.customer_id == "10086"


def test_the_nested_form_joins_on_the_parent_and_is_no_outgoing_call() -> None:
    text = nested_text("CA2", "CA1", mix="mono", _customerData={"agent_id": "1001", "call": ""})
    introduction = Driven(jambonz_door).send(text).introduction
    assert (introduction.key, introduction.direction, introduction.customer) == ("CA1", "inbound", None)
    assert [leg.party for leg in introduction.legs] == ["customer"]
    assert introduction.agent is not None
    assert introduction.agent.agent_id == "1001"


def test_metadata_of_the_verb_wins() -> None:
    text = first_text("CA1", call="pbx-9", channels="agent,customer", customer_id="c-7", sampleRate="16000")
    introduction = Driven(jambonz_door).send(text).introduction
    assert introduction.key == "pbx-9"
    assert [(leg.party, leg.rate_hz) for leg in introduction.legs] == [("agent", 16_000), ("customer", 16_000)]
    assert introduction.customer is not None
    assert introduction.customer.customer_id == "c-7"


@pytest.mark.parametrize("value", [{"agent_id": "1001"}, '{"agent_id": "1001"}', "agent_id=1001"])
def test_customer_data_is_an_object_or_a_text(value: object) -> None:
    introduction = Driven(jambonz_door).send(first_text("CA1", customerData=value)).introduction
    assert introduction.agent is not None


@pytest.mark.parametrize("value", ["hello", [], 7, None, '{"agent', '\\"agent_id\\"'])
def test_customer_data_that_mean_nothing_cost_nothing(value: object) -> None:
    driven = Driven(jambonz_door).send(first_text("CA1", customerData=value))
    assert not driven.remarks


def test_a_first_text_without_mix_and_rate_takes_them_from_the_settings() -> None:
    driven = Driven(jambonz_door, channels=["agent", "customer"], rate_hz=16_000)
    driven.send(json.dumps({"callSid": "CA1"}))
    assert driven.parties == ["agent", "customer"]
    assert driven.introduction.legs[0].rate_hz == 16_000


def test_an_unknown_rate_is_remarked() -> None:
    driven = Driven(jambonz_door).send(first_text("CA1", rate_hz=64_000))
    assert driven.remarks == ["metadata-rate"]


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"dtmf","dtmf":"2","duration":"1600"}',
        '{"event":"dtmf","dtmf":"2","duration":1600}',
        '{"type":"playDone","data":{"id":"1"}}',
        '{"type":"mark","data":{"name":"m"}}',
        '{"event":"dtmf","dtmf":"1","duration":"1"}{"event":"dtmf","dtmf":"2","duration":"1"}',
    ],
)
def test_keys_and_playback_mean_nothing(text: str) -> None:
    driven = Driven(jambonz_door).send(text, first_text("CA1"), text, STEREO)
    assert driven.introduction.key == "CA1"
    assert not driven.remarks
