"""Twilio's codec without a socket: sound and its time."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import pytest

from gateway.sources.codec import Action, Missing, Sound
from gateway.sources.twilio.timeline import LATE_FRAMES
from tests.support.platforms.twilio import TwilioStream
from tests.unit.gateway.sources.twilio_wire import FRAME, OTHER, codes, heard, holes, pcm, started, taken


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
