"""Twilio's codec without a socket: the start, the messages, the end."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from assist.errors import InputError, OverloadedError
from assist.messages import Party
from gateway.sources.codec import Action, Hang, Leave, Sound
from gateway.sources.metadata import read_card
from gateway.sources.twilio.codec import TwilioCodec
from tests.support.platforms.twilio import TwilioStream
from tests.unit.gateway.sources.twilio_wire import (
    CUSTOMER_FIRST,
    FRAME,
    OTHER,
    codes,
    joined,
    pcm,
    started,
    starting,
    taken,
)


def test_start_joins_the_call_it_names() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST)
    parameters = {"agentId": "1001", "agentName": "林晓", "customerId": "138", "playbook": "telecom"}
    introduction = joined(codec.receive(TwilioStream(call_sid="CA9", parameters=parameters).start(), 0.0))
    assert (introduction.source, introduction.key, introduction.playbook) == ("twilio/1", "CA9", "telecom")
    assert [(leg.party, leg.codec, leg.rate_hz) for leg in introduction.legs] == [
        ("customer", "mulaw", 8000),
        ("agent", "mulaw", 8000),
    ]
    assert introduction.agent is not None
    assert (introduction.agent.agent_id, introduction.agent.name) == ("1001", "林晓")
    assert introduction.customer is not None
    assert introduction.customer.customer_id == "138"
    assert (introduction.direction, introduction.pace, introduction.others) == ("inbound", "live", ())


def test_a_call_of_the_operators_own_wins_over_the_platforms_id() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST)
    assert joined(codec.receive(TwilioStream(parameters={"call": "crm-7"}).start(), 0.0)).key == "crm-7"


def test_the_address_tells_what_the_stream_does_not() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST, read_card({"agent_id": "7", "direction": "outbound", "call": "from-address"}))
    introduction = joined(codec.receive(starting(), 0.0))
    assert introduction.agent is not None
    assert (introduction.agent.agent_id, introduction.direction, introduction.key) == ("7", "outbound", "CA1")


@pytest.mark.parametrize(
    "start",
    [
        {},
        {"customParameters": None},
        {"customParameters": "agentId=1"},
        {"mediaFormat": None},
        {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": "8000", "channels": "1"}},
        {"tracks": "both_tracks"},
        {"tracks": ["inbound_track", "outbound_track"]},
        {"tracks": ["outbound", "inbound", "inbound", 7]},
        {"tracks": None},
    ],
)
def test_start_is_read_leniently(start: dict[str, Any]) -> None:
    actions = TwilioCodec(CUSTOMER_FIRST).receive(starting(**start), 0.0)
    assert [leg.party for leg in joined(actions).legs] == ["customer", "agent"]
    assert not codes(actions)


def test_the_first_sequence_number_and_timestamp_are_any() -> None:
    stream = TwilioStream(sequence_number=1)
    codec = started(stream)
    actions = taken(codec, [stream.media("inbound", 98_765, FRAME), stream.media("inbound", 98_785, FRAME)])
    assert actions == [Sound("customer", pcm(FRAME)), Sound("customer", pcm(FRAME))]


def test_another_format_is_remarked_and_read_as_mulaw() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST)
    actions = codec.receive(starting(mediaFormat={"encoding": "audio/l16", "sampleRate": 16000}), 0.0)
    assert codes(actions) == ["strange-format"]
    assert joined(actions).legs[0].codec == "mulaw"


def test_a_call_without_an_id_stands_alone() -> None:
    assert joined(TwilioCodec(CUSTOMER_FIRST).receive('{"event": "start", "start": {}}', 0.0)).key is None


def test_what_the_metadata_cannot_mean_is_remarked() -> None:
    actions = TwilioCodec(CUSTOMER_FIRST).receive(TwilioStream(parameters={"role": "boss"}).start(), 0.0)
    assert codes(actions) == ["metadata-role"]
    assert joined(actions)


@pytest.mark.parametrize(
    ("tracks", "channels", "parameters", "legs", "others"),
    [
        (("inbound", "outbound"), ("agent", "customer"), {}, ["agent", "customer"], []),
        (("inbound", "outbound"), CUSTOMER_FIRST, {"channels": "agent,customer"}, ["agent", "customer"], []),
        (("inbound", "outbound"), CUSTOMER_FIRST, {"role": "agent"}, ["agent", "customer"], []),
        (("inbound", "outbound"), CUSTOMER_FIRST, {"role": "customer"}, ["customer", "agent"], []),
        (("inbound", "outbound"), CUSTOMER_FIRST, {"role": "mixed"}, ["mixed"], []),
        (("inbound", "outbound"), ("mixed",), {}, ["mixed"], []),
        (("inbound",), CUSTOMER_FIRST, {}, ["customer"], []),
        (("outbound",), CUSTOMER_FIRST, {}, ["agent"], []),
        (("inbound",), CUSTOMER_FIRST, {"role": "mixed"}, ["mixed"], []),
        (("outbound",), CUSTOMER_FIRST, {"role": "customer"}, ["customer"], ["agent"]),
        (("inbound",), CUSTOMER_FIRST, {"channels": "customer"}, ["customer"], []),
        (("outbound",), ("mixed",), {}, ["mixed"], []),
        (("inbound",), CUSTOMER_FIRST, {"channels": "customer,agent"}, ["customer"], ["agent"]),
        (("outbound",), CUSTOMER_FIRST, {"channels": "customer,agent"}, ["agent"], ["customer"]),
    ],
)
def test_roles_by_default_by_setting_and_by_parameter(
    tracks: tuple[str, ...],
    channels: tuple[Party, ...],
    parameters: dict[str, str],
    legs: list[Party],
    others: list[Party],
) -> None:
    codec = TwilioCodec(channels)
    introduction = joined(codec.receive(TwilioStream(tracks=tracks, parameters=parameters).start(), 0.0))
    assert [leg.party for leg in introduction.legs] == legs
    assert [leg.party for leg in introduction.others] == others


def test_sound_of_each_track_is_that_of_its_party() -> None:
    stream = TwilioStream()
    codec = started(stream)
    actions = taken(codec, [stream.media("outbound", 0, OTHER), stream.media("inbound", 0, FRAME)])
    assert actions == [Sound("agent", pcm(OTHER)), Sound("customer", pcm(FRAME))]


def test_a_track_that_was_not_announced_is_left_out() -> None:
    stream = TwilioStream(tracks=("inbound",))
    assert codes(taken(started(stream), [stream.media("outbound", 0, FRAME)])) == ["unexpected-track"]


def test_sound_without_its_track_is_that_of_the_only_one() -> None:
    stream = TwilioStream(tracks=("outbound",))
    codec = started(stream)
    message = json.dumps({"event": "media", "media": {"payload": base64.b64encode(FRAME).decode(), "timestamp": 0}})
    assert taken(codec, [message]) == [Sound("agent", pcm(FRAME))]


@pytest.mark.parametrize(
    "message",
    [
        {"event": "connected"},
        {"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "5"}},
        {"event": "mark", "mark": {"name": "x"}},
        {"event": "mark"},
    ],
)
def test_messages_without_consequence(message: dict[str, Any]) -> None:
    assert not taken(started(), [json.dumps(message)])


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "bad-json"),
        ("[]", "bad-json"),
        ('"start"', "bad-json"),
        ("[" * 10_000, "bad-json"),
        ('{"event": "media", "media": {"payload": "' + "A" * 70_000, "bad-json"),
        ("{}", "bad-message"),
        ('{"event": 1}', "bad-message"),
        ('{"event": "media"}', "bad-message"),
        ('{"event": "media", "media": {"track": "sideways", "payload": ""}}', "bad-message"),
        ('{"event": "media", "media": {"track": "both_tracks", "payload": ""}}', "bad-message"),
        ('{"event": "media", "media": {"track": "inbound", "payload": 7}}', "bad-message"),
        ('{"event": "media", "media": {"track": "inbound", "payload": "!!!!"}}', "bad-payload"),
        ('{"event": "media", "media": {"track": "inbound", "payload": "ü"}}', "bad-payload"),
        ('{"event": "media", "media": {"track": "inbound", "payload": "A"}}', "bad-payload"),
        ('{"event": "from-the-future"}', "unknown-event"),
        (starting(), "unexpected-event"),
        (b"\0\0", "binary-message"),
    ],
)
def test_what_cannot_be_used_costs_a_remark(message: str | bytes, code: str) -> None:
    codec, stream = started(), TwilioStream()
    assert codes(taken(codec, [message])) == [code]
    assert taken(codec, [stream.media("inbound", 0, FRAME)]) == [Sound("customer", pcm(FRAME))]


def test_sound_before_the_start_is_left_out() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST)
    assert codes(codec.receive(TwilioStream().media("inbound", 0, FRAME), 0.0)) == ["unexpected-event"]


@pytest.mark.parametrize("event", ["stop", "closed"])
def test_stop_leaves_the_call_and_waits_for_twilio_to_close(event: str) -> None:
    codec = started()
    assert codec.receive(json.dumps({"event": event}), 7.0) == (Leave(2.0),)
    assert codes(taken(codec, [TwilioStream().media("inbound", 0, FRAME)])) == ["unexpected-event"]
    assert codec.deadline_s == 12.0
    assert codec.expire(12.0) == (Hang(),)
    assert codec.deadline_s is None


@pytest.mark.parametrize(("is_clean", "actions"), [(True, (Leave(2.0),)), (False, ())])
def test_a_stream_that_ends_without_stop_leaves_only_if_it_was_closed(is_clean: bool, actions: tuple[Action]) -> None:
    assert started().end(is_clean) == actions


def test_stop_and_close_leave_once() -> None:
    codec = started()
    codec.receive(TwilioStream().stop(), 7.0)
    assert not codec.end(True)
    assert not TwilioCodec(CUSTOMER_FIRST).end(True)


def test_a_connection_on_which_nothing_begins_is_closed() -> None:
    codec = TwilioCodec(CUSTOMER_FIRST)
    assert codec.deadline_s == 10.0
    assert codes(codec.expire(10.0)) == ["no-start"]
    assert not codec.receive(TwilioStream().start(), 10.0)


def test_a_live_stream_has_no_deadline() -> None:
    assert started().deadline_s is None


@pytest.mark.parametrize(
    ("error", "hang"),
    [
        (OverloadedError("Later."), Hang(1013, "overloaded")),
        (InputError("Another brings it.", code="leg-taken"), Hang(1011, "leg-taken")),
    ],
)
def test_a_call_that_cannot_be_had_closes_the_stream(error: Any, hang: Hang) -> None:
    codec = started()
    assert codec.failed(error) == (hang,)
    assert not taken(codec, [TwilioStream().media("inbound", 0, FRAME)])


def test_the_end_of_the_call_and_of_the_service_close_the_stream() -> None:
    assert started().closed(()) == (Hang(),)
    assert started().stop() == (Hang(1012, "server-stopped"),)
