"""The native protocol without a socket: opening a call, and an open one."""

from __future__ import annotations

import numpy as np
import pytest

from assist.errors import InputError, LivecueError, OverloadedError
from assist.messages import AudioGap
from gateway.sources.native import (
    CloseCall,
    Fail,
    Feed,
    MarkMedia,
    NativeCodec,
    NativeLimits,
    OpenCall,
    Reply,
    UpdateCall,
)
from gateway.sources.native_messages import INGEST_ERRORS, Ack, MediaResumed, Paused, Pong
from tests.unit.gateway.native_wire import STEREO, error_of, live, opening, pcm, sound, text


def test_open_asks_for_the_call_it_describes() -> None:
    codec = NativeCodec()
    message = opening(
        call_id="a.b-1",
        agent={"agent_id": "1001", "name": "林晓"},
        customer={"customer_id": "138", "attributes": {"套餐": "79 元"}},
        external_id="pbx-9",
        playbook="telecom",
        terms=["畅享套餐"],
        events="all",
        pace="replay",
        from_the_future=1,
    )
    (action,) = codec.receive(message, 0.0)
    assert isinstance(action, OpenCall)
    assert action.wants_events
    request = action.request
    assert (request.call_id, request.source, request.pace, request.playbook) == (
        "a.b-1",
        "native/1",
        "replay",
        "telecom",
    )
    assert [(leg.party, leg.codec, leg.rate_hz) for leg in request.legs] == [
        ("agent", "pcm_s16le", 8000),
        ("customer", "pcm_s16le", 8000),
    ]
    assert request.customer is not None
    assert request.customer.attributes == {"套餐": "79 元"}
    assert request.terms == ("畅享套餐",)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\0\0", "open-expected"),
        (text("close"), "open-expected"),
        (text("gap", duration_ms=1, cause="lost"), "open-expected"),
        ("{", "bad-json"),
        ("[]", "bad-json"),
        ("null", "bad-json"),
        ('{"type": 1}', "bad-message"),
        ("{}", "bad-message"),
        (opening(version=2, media="?"), "unsupported-version"),
        (text("open", media=STEREO), "unsupported-version"),
        (opening(version="1"), "unsupported-version"),
        (text("resume", version=9), "unsupported-version"),
        (text("open", version=1), "unsupported-media"),
        (opening(media=STEREO | {"encoding": "opus"}), "unsupported-media"),
        (opening(media=STEREO | {"rate_hz": 4000}), "unsupported-media"),
        (opening(media=STEREO | {"rate_hz": "8000"}), "unsupported-media"),
        (opening(media=STEREO | {"channels": []}), "unsupported-media"),
        (opening(media=STEREO | {"channels": ["agent", "agent"]}), "unsupported-media"),
        (opening(media=STEREO | {"channels": ["agent", "mixed"]}), "unsupported-media"),
        (opening(call_id="../up"), "bad-message"),
        (opening(call_id=".."), "bad-message"),
        (opening(call_id="x" * 65), "bad-message"),
        (opening(agent={"agent_id": "a\u0000b"}), "bad-message"),
        (opening(customer={"customer_id": "1", "attributes": {str(i): "" for i in range(65)}}), "bad-message"),
        (opening(customer={"customer_id": "1", "name": "n" * 501}), "bad-message"),
        (opening(pace="fast"), "bad-message"),
        (opening(terms=["畅享套餐"] * 101), "bad-message"),
        (opening(terms=["字" * 65]), "bad-message"),
        (opening(terms=["a\u0000b"]), "bad-message"),
        (text("resume", version=1, call_id="c1"), "bad-message"),
    ],
)
def test_before_open_every_error_ends_the_connection(frame: str | bytes, code: str) -> None:
    codec = NativeCodec()
    actions = codec.receive(frame, 0.0)
    assert error_of(actions) == (code, True)
    assert isinstance(actions[0], Fail)
    assert actions[0].close_code == INGEST_ERRORS[code].close_code
    assert codec.state == "ended"
    assert codec.receive(opening(), 0.0) == ()


def test_unknown_message_is_answered_and_ignored_even_before_open() -> None:
    codec = NativeCodec()
    assert error_of(codec.receive(text("greet"), 0.0)) == ("unknown-message", False)
    assert isinstance(codec.receive(opening(), 0.0)[0], OpenCall)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OverloadedError("full", retry_after_s=7), "overloaded"),
        (InputError("open", code="call-exists"), "call-exists"),
        (LivecueError("secret path /x", code="some-new-code"), "internal-error"),
    ],
)
def test_refused_open_ends_with_the_code_and_hides_the_unknown(error: LivecueError, code: str) -> None:
    codec = NativeCodec()
    codec.receive(opening(), 0.0)
    (action,) = codec.failed(error)
    assert isinstance(action, Fail)
    assert action.error.code == code
    assert "secret" not in action.error.message
    assert action.error.retry_after_s == (7 if code == "overloaded" else None)


def test_open_has_to_come_in_time_whatever_else_is_sent() -> None:
    codec = NativeCodec(NativeLimits(open_timeout_s=10.0))
    codec.receive(text("ping", id=1), 9.9)
    assert codec.deadline_s == 10.0
    assert error_of(codec.expire()) == ("open-timeout", True)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (opening(), "unexpected-message"),
        (text("resume", version=1, call_id="c1", resume_token="t"), "unexpected-message"),
        (text("resume-media"), "unexpected-message"),
        ("nonsense", "bad-json"),
        (text("gap", duration_ms=0, cause="lost"), "bad-message"),
        (text("gap", duration_ms=1.5, cause="lost"), "bad-message"),
        (text("gap", duration_ms=5, cause="shed"), "bad-message"),
        (text("gap", duration_ms=5, cause="lost", channel="mixed"), "bad-message"),
        (text("ping"), "bad-message"),
        (text("ping", id=10**30), "bad-message"),
        (text("update", agent={"agent_id": "x", "rank": 1}), "bad-message"),
        (text("no-such"), "unknown-message"),
    ],
)
def test_live_call_survives_a_wrong_message(frame: str, code: str) -> None:
    codec = live()
    assert error_of(codec.receive(frame, 0.0)) == (code, False)
    assert sound(codec.receive(bytes(640), 0.0))


def test_flood_of_texts_ends_the_connection_and_a_steady_trickle_does_not() -> None:
    codec = live(limits=NativeLimits(texts_per_s=50))
    for count in range(500):
        assert codec.receive(text("ping", id=count), 1.0 + count / 50) == (Reply(Pong(id=count)),)
    for count in range(50):
        codec.receive(text("ping", id=count), 100.0)
    assert error_of(codec.receive(text("ping", id=0), 100.0)) == ("text-flood", True)


@pytest.mark.parametrize("frame", [bytes(1025), "x" * 1025])
def test_oversized_frame_ends_the_connection(frame: str | bytes) -> None:
    codec = live(limits=NativeLimits(max_frame_bytes=1024))
    (action,) = codec.receive(frame, 0.0)
    assert isinstance(action, Fail)
    assert (action.error.code, action.close_code) == ("frame-too-large", 1009)


def test_idle_connection_expires_and_any_frame_keeps_it() -> None:
    codec = live(limits=NativeLimits(idle_timeout_s=60))
    codec.receive(text("ping", id=1), 100.0)
    assert codec.deadline_s == 160.0
    codec.receive(bytes(640), 150.0)
    codec.stored(170.0)
    assert codec.deadline_s == 230.0
    assert error_of(codec.expire()) == ("idle-timeout", True)


def test_update_passes_on_who_is_talking() -> None:
    codec = live()
    (action,) = codec.receive(text("update", agent={"agent_id": "7"}), 0.0)
    assert isinstance(action, UpdateCall)
    assert action.agent is not None
    assert action.agent.agent_id == "7"
    assert action.customer is None


def test_channel_order_of_the_wire_decides_who_speaks() -> None:
    codec = live(STEREO | {"channels": ["customer", "agent"]})
    items = sound(codec.receive(np.array([1, 2, 3, 4], "<i2").tobytes(), 0.0))
    assert pcm(items, "customer") == np.array([1, 3], "<i2").tobytes()
    assert pcm(items, "agent") == np.array([2, 4], "<i2").tobytes()


def test_big_frame_is_handed_on_in_small_pieces_in_position_order() -> None:
    codec = live()
    (feed,) = codec.receive(bytes(32_000), 0.0)
    assert isinstance(feed, Feed)
    assert feed.wire_bytes == 32_000
    starts = [item.start_ms for item in feed.items if item.party == "agent"]
    assert starts == [0, 200, 400, 600, 800]


def test_gap_moves_the_clock_of_the_channels_it_names() -> None:
    codec = live()
    codec.receive(bytes(640), 0.0)
    (gap,) = sound(codec.receive(text("gap", duration_ms=500, cause="lost", channel="agent"), 0.0))
    assert gap == AudioGap(party="agent", start_ms=20, end_ms=520, cause="lost")
    both = sound(codec.receive(text("gap", duration_ms=100, cause="paused"), 0.0))
    assert [(item.party, item.start_ms) for item in both] == [("agent", 520), ("customer", 20)]
    items = sound(codec.receive(bytes(640), 0.0))
    assert [(item.party, item.start_ms) for item in items] == [("agent", 620), ("customer", 120)]


def test_pause_stops_the_clock_and_audio_in_it_is_discarded_and_reported_once() -> None:
    codec = live()
    codec.receive(bytes(640), 0.0)
    mark, ack, reply = codec.receive(text("pause"), 0.0)
    assert (mark, ack, reply) == (MarkMedia("paused"), Reply(Ack(received_bytes=640)), Reply(Paused()))
    assert error_of(codec.receive(bytes(640), 0.0)) == ("media-paused", False)
    assert codec.receive(bytes(640), 0.0) == ()
    assert codec.receive(text("resume-media"), 0.0) == (MarkMedia("resumed"), Reply(MediaResumed()))
    assert sound(codec.receive(bytes(640), 0.0))[0].start_ms == 20


def test_declared_pause_becomes_a_gap_before_the_media_resumes() -> None:
    codec = live()
    codec.receive(text("pause"), 0.0)
    feed, mark, _ = codec.receive(text("resume-media", duration_ms=3000), 0.0)
    assert isinstance(feed, Feed)
    assert [(item.party, item.start_ms) for item in feed.items] == [("agent", 0), ("customer", 0)]
    assert mark == MarkMedia("resumed")


def test_call_clock_is_bounded_for_gaps_and_for_sound() -> None:
    limits = NativeLimits(max_position_ms=10_000)
    codec = live(limits=limits)
    assert error_of(codec.receive(text("gap", duration_ms=10_001, cause="lost"), 0.0)) == ("call-too-long", True)
    codec = live(limits=limits)
    codec.receive(bytes(320_000), 0.0)
    assert error_of(codec.receive(bytes(640), 0.0)) == ("call-too-long", True)


def test_close_reports_an_unfinished_sample_and_closes_all_the_same() -> None:
    codec = live()
    codec.receive(bytes(641), 0.0)
    actions = codec.receive(text("close"), 0.0)
    assert error_of(actions) == ("bad-audio", False)
    assert actions[-1] == CloseCall()
    assert error_of(codec.receive(bytes(640), 0.0)) == ("unexpected-message", False)
    assert codec.receive(text("ping", id="p"), 0.0) == (Reply(Pong(id="p")),)


def test_sound_that_nobody_can_have_said_yet_is_refused_and_the_rest_is_kept() -> None:
    codec = live(limits=NativeLimits(max_ahead_s=2.0))
    assert sound(codec.receive(bytes(64_000), 0.0))
    assert sound(codec.receive(text("gap", duration_ms=60_000, cause="lost"), 0.0))
    assert sound(codec.receive(bytes(32_000), 1.0))
    (action,) = codec.receive(bytes(4), 1.0)
    assert isinstance(action, Fail)
    assert (action.error.code, action.close_code) == ("too-fast", 4429)
