"""Twilio's codec without a socket: whatever comes."""

from __future__ import annotations

import base64
import json
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.codec import Join, JoinedCall, Missing, Send
from gateway.sources.twilio.codec import REMARKS, TwilioCodec
from tests.support.platforms.twilio import TwilioStream
from tests.unit.gateway.sources.twilio_wire import (
    CUSTOMER_FIRST,
    FRAME,
    codes,
    heard,
    holes,
    pcm,
    started,
    taken,
)

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
