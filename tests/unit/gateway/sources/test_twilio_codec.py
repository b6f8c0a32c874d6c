"""The codec of Twilio Media Streams as a pure state machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import decode
from assist.errors import InputError, OverloadedError
from assist.messages import Party
from gateway.sources.codec import Action, Hang, Introduction, Join, JoinedCall, Leave, Missing, Remark, Send, Sound
from gateway.sources.metadata import read_card
from gateway.sources.twilio.codec import REMARKS, TwilioCodec
from gateway.sources.twilio.timeline import LATE_FRAMES
from tests.support.platforms.twilio import TwilioStream

CUSTOMER_FIRST: tuple[Party, ...] = ("customer", "agent")
FRAME = bytes(range(160))
OTHER = bytes(range(95, 255))


def pcm(payload: bytes) -> bytes:
    return decode("mulaw", payload).astype("<i2").tobytes()


def started(stream: TwilioStream | None = None, channels: tuple[Party, ...] = CUSTOMER_FIRST) -> TwilioCodec:
    codec, stream = TwilioCodec(channels), stream or TwilioStream()
    assert not codec.receive(stream.connected(), 0.0)
    joined(codec.receive(stream.start(), 0.0))
    return codec


def joined(actions: Sequence[Action]) -> Introduction:
    (join,) = [action for action in actions if isinstance(action, Join)]
    return join.introduction


def taken(codec: TwilioCodec, texts: Iterable[str | bytes]) -> list[Action]:
    return [action for text in texts for action in codec.receive(text, 1.0)]


def codes(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def heard(actions: Sequence[Action], party: Party) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound) and action.party == party)


def holes(actions: Sequence[Action], party: Party) -> list[int]:
    return [action.duration_ms for action in actions if isinstance(action, Missing) and action.party == party]


def starting(**start: Any) -> str:
    return json.dumps({"event": "start", "start": {"callSid": "CA1", "tracks": ["inbound", "outbound"]} | start})


# --- start -----------------------------------------------------------------------------------------------------------


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


# --- who speaks ------------------------------------------------------------------------------------------------------


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


# --- sound and time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["20", 20, 20.0])
def test_numbers_come_as_strings_or_as_numbers(number: object) -> None:
    codec = started()
    media = {"track": "inbound", "chunk": number, "timestamp": number, "payload": base64.b64encode(FRAME).decode()}
    assert taken(codec, [json.dumps({"event": "media", "sequenceNumber": number, "media": media})]) == [
        Sound("customer", pcm(FRAME))
    ]


def test_chunks_may_be_counted_per_track_or_together() -> None:
    def play(chunks: Sequence[int]) -> list[Action]:
        stream = TwilioStream()
        codec, texts = started(stream), list[str]()
        for number, chunk in enumerate(chunks):
            stream.chunk = chunk - 1
            texts.append(stream.media(("inbound", "outbound")[number % 2], number // 2 * 20, FRAME))
        return taken(codec, texts)

    assert play([1, 2, 3, 4, 5, 6]) == play([1, 1, 2, 2, 3, 3])


def test_a_jump_of_the_timestamps_is_missing_on_that_track_alone() -> None:
    stream = TwilioStream()
    codec = started(stream)
    actions = taken(
        codec,
        [
            stream.media("inbound", 0, FRAME),
            stream.media("outbound", 0, OTHER),
            stream.media("outbound", 20, OTHER),
            stream.media("inbound", 60, FRAME),
        ],
    )
    assert (holes(actions, "customer"), holes(actions, "agent")) == ([40], [])
    assert actions.index(Missing("customer", 40, "lost")) == len(actions) - 2


def test_a_track_that_begins_later_has_a_hole_at_its_beginning() -> None:
    stream = TwilioStream()
    actions = taken(started(stream), [stream.media("inbound", 500, FRAME), stream.media("outbound", 640, OTHER)])
    assert holes(actions, "agent") == [140]


def test_a_track_that_begins_earlier_loses_nothing() -> None:
    stream = TwilioStream()
    texts = [stream.media("inbound", 500, FRAME), stream.media("outbound", 440, OTHER)]
    texts += [stream.media("outbound", 460 + 20 * number, OTHER) for number in range(5)]
    actions = taken(started(stream), texts)
    assert (holes(actions, "agent"), heard(actions, "agent")) == ([], pcm(OTHER) * 6)


def test_timestamps_less_than_a_frame_off_lose_nothing() -> None:
    stream = TwilioStream()
    times = [0, 21, 39, 60, 99, 101, 119, 140]
    actions = taken(started(stream), [stream.media("inbound", time, FRAME) for time in times])
    assert actions == [Sound("customer", pcm(FRAME))] * 8


def test_frames_that_come_twice_or_late_are_left_out() -> None:
    stream = TwilioStream()
    times = [0, 20, 20, 60, 40, 0, 80]
    actions = taken(started(stream), [stream.media("inbound", time, FRAME) for time in times])
    assert codes(actions) == ["frame-late"] * 3
    assert heard(actions, "customer") == pcm(FRAME) * 4
    assert holes(actions, "customer") == [20]


def test_a_clock_that_begins_anew_costs_one_second_that_is_declared() -> None:
    stream = TwilioStream()
    times = [60_000, *(20 * number for number in range(LATE_FRAMES + 3))]
    actions = taken(started(stream), [stream.media("inbound", time, FRAME) for time in times])
    assert codes(actions) == ["frame-late"] * (LATE_FRAMES - 1) + ["timeline-restarted"]
    assert holes(actions, "customer") == [20 * (LATE_FRAMES - 1)]
    assert heard(actions, "customer") == pcm(FRAME) * 5


def test_timestamps_that_stand_still_are_given_up() -> None:
    stream = TwilioStream()
    actions = taken(started(stream), [stream.media("inbound", 0, FRAME) for _ in range(LATE_FRAMES + 5)])
    assert codes(actions)[-1] == "timeline-useless"
    assert holes(actions, "customer") == [20 * (LATE_FRAMES - 1)]
    assert heard(actions, "customer") == pcm(FRAME) * 6


def test_a_leap_of_more_than_an_hour_is_no_hour_of_loss() -> None:
    stream = TwilioStream()
    times = [0, 10**15, 10**15 + 20, 10**15 + 60]
    actions = taken(started(stream), [stream.media("inbound", time, FRAME) for time in times])
    assert codes(actions) == ["timeline-jumped"]
    assert holes(actions, "customer") == [20]


def test_more_sound_than_its_time_has_room_for_is_told_once() -> None:
    stream = TwilioStream()
    actions = taken(started(stream), [stream.media("inbound", 10 * number, FRAME) for number in range(300)])
    assert codes(actions) == ["timeline-ahead"]
    assert heard(actions, "customer") == pcm(FRAME) * 300


def test_sound_without_a_timestamp_follows_what_came_before() -> None:
    stream = TwilioStream()
    codec = started(stream)
    untimed = json.dumps({"event": "media", "media": {"track": "inbound", "payload": base64.b64encode(FRAME).decode()}})
    actions = taken(codec, [stream.media("inbound", 0, FRAME), untimed, stream.media("inbound", 40, FRAME)])
    assert codes(actions) == ["no-timestamp"]
    assert not holes(actions, "customer")


@pytest.mark.parametrize("size", [1, 80, 161, 8000])
def test_a_payload_may_have_any_size(size: int) -> None:
    stream = TwilioStream()
    payload = (FRAME * 50)[:size]
    actions = taken(started(stream), [stream.media("inbound", 0, payload), stream.media("inbound", size // 8, payload)])
    assert actions[0] == Sound("customer", pcm(payload))
    assert not holes(actions, "customer")


def test_an_empty_payload_is_nothing() -> None:
    stream = TwilioStream()
    assert not taken(started(stream), [stream.media("inbound", 0, b"")])


def test_a_wav_header_is_no_sound() -> None:
    stream = TwilioStream()
    header = b"RIFF\x24\0\0\0WAVEfmt \x12\0\0\0\x07\0\x01\0" + bytes(14) + b"data\xa0\0\0\0"
    codec = started(stream)
    actions = taken(codec, [stream.media("inbound", 0, header + FRAME), stream.media("inbound", 20, header + FRAME)])
    assert codes(actions) == ["wav-header"] * 2
    assert heard(actions, "customer") == pcm(FRAME) * 2


# --- other messages --------------------------------------------------------------------------------------------------


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


# --- the end ---------------------------------------------------------------------------------------------------------


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


# --- whatever comes --------------------------------------------------------------------------------------------------

TIMES = st.integers(min_value=-5, max_value=2**60) | st.integers(min_value=0, max_value=2_000)
VALUES = st.recursive(
    st.none() | st.booleans() | TIMES | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def media_text(track: str, timestamp: int, payload: bytes) -> str:
    media = {"track": track, "timestamp": str(timestamp), "payload": base64.b64encode(payload).decode()}
    return json.dumps({"event": "media", "media": media})


def event_text(event: str, fields: dict[str, Any], body: Any) -> str:
    return json.dumps(fields | {"event": event, event: body})


MEDIA = st.builds(media_text, st.sampled_from(["inbound", "outbound"]), TIMES, st.binary(max_size=400))
BODIES = st.dictionaries(st.sampled_from(["track", "tracks", "timestamp", "payload", "customParameters"]), VALUES)
MESSAGES = st.builds(
    event_text,
    st.sampled_from(["connected", "start", "media", "stop", "dtmf", "mark", "closed", "new"]),
    st.dictionaries(st.text(max_size=8), VALUES, max_size=3),
    VALUES | BODIES,
)


@given(st.lists(MEDIA | MESSAGES | st.text(max_size=40) | st.binary(max_size=40), max_size=60), st.booleans())
def test_nothing_makes_it_raise_or_send(messages: list[str | bytes], is_started: bool) -> None:
    codec = started() if is_started else TwilioCodec(CUSTOMER_FIRST)
    actions = taken(codec, messages)
    actions += [*codec.joined(JoinedCall("c1", {})), *codec.expire(20.0), *codec.end(True), *codec.closed(())]
    assert not [action for action in actions if isinstance(action, Send)]
    assert sum(isinstance(action, Join) for action in actions) <= 1
    assert {code for code in codes(actions) if not code.startswith("metadata-")} <= REMARKS.keys()
    assert all(0 < action.duration_ms <= 3_600_000 for action in actions if isinstance(action, Missing))


@given(st.lists(st.tuples(st.sampled_from(["inbound", "outbound"]), st.binary(min_size=1, max_size=400)), max_size=40))
def test_every_sample_is_given_once_whatever_the_messages(frames: list[tuple[str, bytes]]) -> None:
    stream = TwilioStream()
    codec, sent, ends = started(stream), {"inbound": b"", "outbound": b""}, {"inbound": 0, "outbound": 0}
    texts: list[str] = []
    for track, payload in frames:
        texts.append(stream.media(track, 1 + ends[track] // 8, payload))
        sent[track] += payload
        ends[track] += max(8, len(payload))
    actions = taken(codec, texts)
    assert (heard(actions, "customer"), heard(actions, "agent")) == (pcm(sent["inbound"]), pcm(sent["outbound"]))


@given(st.lists(st.booleans(), min_size=2, max_size=200))
def test_what_came_and_what_is_missing_add_up_to_the_last_timestamp(came: list[bool]) -> None:
    stream = TwilioStream(tracks=("inbound",))
    codec, kept = started(stream), [number for number, is_here in enumerate(came) if is_here]
    actions = taken(codec, [stream.media("inbound", 20 * number, FRAME) for number in kept])
    length_ms = len(heard(actions, "customer")) // 16 + sum(holes(actions, "customer"))
    assert length_ms == (20 * (kept[-1] - kept[0] + 1) if kept else 0)


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(["swap", "double", "drop"]), max_size=12))
def test_they_add_up_on_both_tracks_when_frames_are_lost_doubled_or_out_of_order(
    dice: Random, mishaps: list[str]
) -> None:
    stream = TwilioStream()
    sent = [(track, 20 * number) for number in range(40) for track in ("outbound", "inbound")]
    for mishap in mishaps:
        place = dice.randrange(1, len(sent) - 4)
        match mishap:
            case "swap":
                other = place + dice.randrange(4)
                sent[place], sent[other] = sent[other], sent[place]
            case "double":
                sent.insert(place, sent[place])
            case _:
                del sent[place]
    actions = taken(started(stream), [stream.media(track, time, FRAME) for track, time in sent])
    for track, party in zip(("inbound", "outbound"), CUSTOMER_FIRST, strict=True):
        length_ms = len(heard(actions, party)) // 16 + sum(holes(actions, party))
        assert length_ms == max(time for one, time in sent if one == track) + 20
