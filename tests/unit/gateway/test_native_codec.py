"""The native ingest codec as a pure state machine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import decode
from assist.errors import InputError, LivecueError, OverloadedError
from assist.handle import Taken
from assist.messages import AudioFrame, AudioGap, Party
from gateway.sources.native import (
    Action,
    AttachCall,
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
from gateway.sources.native_messages import INGEST_ERRORS, Ack, Encoding, Error, Media, MediaResumed, Paused, Pong

STEREO: dict[str, Any] = {"encoding": "pcm_s16le", "rate_hz": 8000, "channels": ["agent", "customer"]}


def text(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def opening(**fields: Any) -> str:
    return text("open", **({"version": 1, "media": STEREO} | fields))


def live(media: dict[str, Any] = STEREO, limits: NativeLimits | None = None, **fields: Any) -> NativeCodec:
    codec = NativeCodec(limits)
    (action,) = codec.receive(opening(media=media, **fields), 0.0)
    assert isinstance(action, OpenCall)
    codec.opened("c1", "token", grace_ms=30_000)
    return codec


def error_of(actions: Sequence[Action]) -> tuple[str, bool]:
    """Code and fatality of the single error among the actions."""
    errors = [a.error for a in actions if isinstance(a, Fail)]
    errors += [a.message for a in actions if isinstance(a, Reply) and isinstance(a.message, Error)]
    (error,) = errors
    return error.code, error.fatal


def sound(actions: Sequence[Action]) -> list[AudioFrame | AudioGap]:
    return [item for action in actions if isinstance(action, Feed) for item in action.items]


def pcm(items: Sequence[AudioFrame | AudioGap], party: Party) -> bytes:
    return b"".join(item.pcm for item in items if isinstance(item, AudioFrame) and item.party == party)


# --- opening -----------------------------------------------------------------------------------------------------


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


# --- an open call ------------------------------------------------------------------------------------------------


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


# --- acknowledgements and resuming -------------------------------------------------------------------------------


def test_acknowledges_by_time_and_by_bytes_and_never_unfinished_samples() -> None:
    codec = live(limits=NativeLimits(ack_every_s=0.5, ack_every_bytes=6400))
    codec.receive(bytes(642), 0.0)
    assert codec.stored(0.1) == ()
    codec.receive(bytes(640), 0.6)
    assert codec.stored(0.6) == (Reply(Ack(received_bytes=1280)),)
    assert codec.stored(5.0) == ()
    codec.receive(bytes(6400), 5.1)
    assert codec.stored(5.1) == (Reply(Ack(received_bytes=7680)),)


def test_resumed_call_continues_at_the_same_sample_and_the_same_clock() -> None:
    media = {"encoding": "mulaw", "rate_hz": 11_025, "channels": ["customer"]}
    whole = live(media)
    one = sound(whole.receive(bytes(101), 0.0))
    gap = sound(whole.receive(text("gap", duration_ms=333, cause="lost"), 0.0))
    two = sound(whole.receive(bytes(50), 0.0))
    codec = NativeCodec()
    resume = text("resume", version=1, call_id="c1", resume_token="t", events="all", after=4)
    assert codec.receive(resume, 0.0) == (AttachCall("c1", "t", True, 4),)
    reply = codec.resumed(
        "c1",
        Media.model_validate(media),
        pace="live",
        age_s=1.0,
        taken=[Taken(101, 333)],
        positions_ms=[333 + 101_000 // 11_025],
        grace_ms=1,
    )
    assert reply.message.model_dump(exclude_none=True) == {
        "type": "resumed",
        "call_id": "c1",
        "received_bytes": 101,
        "gaps_ms": {"customer": 333},
        "grace_ms": 1,
    }
    assert (one[0].start_ms, gap[0].start_ms) == (0, 9)
    assert sound(codec.receive(bytes(50), 0.0)) == two


def test_each_channel_may_come_by_itself() -> None:
    """A party that is not heard for a while has gaps, and the other's sound goes on beside them."""
    codec = live(framing="by-channel")
    customer = np.arange(1600, dtype="<i2").tobytes()
    assert sound(codec.receive(b"\x01" + customer, 0.0)) == [AudioFrame("customer", 0, 8000, customer)]
    gap = AudioGap(party="agent", start_ms=0, end_ms=200, cause="paused")
    assert sound(codec.receive(text("gap", duration_ms=200, cause="paused", channel="agent"), 0.0)) == [gap]
    assert sound(codec.receive(b"\x00abc", 0.0)) == [AudioFrame("agent", 200, 8000, b"ab")]
    assert sound(codec.receive(b"\x01xy", 0.0)) == [AudioFrame("customer", 200, 8000, b"xy")]
    assert sound(codec.receive(b"\x00d", 0.0)) == [AudioFrame("agent", 200, 8000, b"cd")]


def test_call_whose_channels_come_by_themselves_is_taken_up_where_each_was() -> None:
    codec = NativeCodec()
    codec.receive(text("resume", version=1, call_id="c1", resume_token="t", framing="by-channel"), 0.0)
    reply = codec.resumed(
        "c1",
        Media.model_validate(STEREO),
        pace="live",
        age_s=1.0,
        taken=[Taken(80, 1000), Taken(800)],
        positions_ms=[1010, 100],
        grace_ms=1,
    )
    told = reply.message.model_dump()
    assert (told["received_bytes"], told["gaps_ms"]) == (1760, {"agent": 1000, "customer": 0})
    assert told["framing"] == "by-channel"
    assert sound(codec.receive(b"\x01ab", 0.0)) == [AudioFrame("customer", 100, 8000, b"ab")]
    assert sound(codec.receive(b"\x00ab", 0.0)) == [AudioFrame("agent", 1010, 8000, b"ab")]


@pytest.mark.parametrize("frame", [b"", b"\x02ab", b"\xffab"])
def test_frame_of_no_channel_is_refused_and_the_call_goes_on(frame: bytes) -> None:
    codec = live(framing="by-channel")
    assert error_of(codec.receive(frame, 0.0)) == ("bad-message", False)
    assert sound(codec.receive(b"\x00ab", 0.0))


def test_live_sound_of_one_channel_may_not_run_ahead_either() -> None:
    codec = live(limits=NativeLimits(max_ahead_s=1.0), framing="by-channel")
    assert sound(codec.receive(b"\x01" + bytes(16_000), 0.0))
    assert sound(codec.receive(b"\x00" + bytes(16_000), 0.0)), "each leg has its own length"
    assert error_of(codec.receive(b"\x01ab", 0.0)) == ("too-fast", True)


def test_only_who_asks_for_framing_is_told_of_it() -> None:
    for fields, told in (({}, None), ({"framing": "by-channel"}, "by-channel")):
        codec = NativeCodec()
        codec.receive(opening(**fields), 0.0)
        assert codec.opened("c1", "token", grace_ms=1).message.model_dump()["framing"] == told


# --- properties --------------------------------------------------------------------------------------------------

ENCODINGS: tuple[Encoding, ...] = ("pcm_s16le", "mulaw", "alaw")


@given(
    data=st.binary(max_size=4000),
    cuts=st.lists(st.integers(0, 4000), max_size=12),
    encoding=st.sampled_from(ENCODINGS),
    channels=st.sampled_from([["agent"], ["mixed"], ["agent", "customer"]]),
    rate_hz=st.sampled_from([8000, 11_025, 48_000]),
)
def test_any_split_of_the_bytes_gives_the_same_sound(
    data: bytes, cuts: list[int], encoding: Encoding, channels: list[Party], rate_hz: int
) -> None:
    codec = live({"encoding": encoding, "rate_hz": rate_hz, "channels": channels})
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    actions: list[Action] = []
    for start, end in pairwise(edges):
        actions += codec.receive(data[start:end], 0.0)
    items = sound(actions)
    frame_bytes = len(channels) * (2 if encoding == "pcm_s16le" else 1)
    whole = data[: len(data) - len(data) % frame_bytes]
    samples = decode(encoding, whole)
    for index, party in enumerate(channels):
        assert pcm(items, party) == samples[index :: len(channels)].astype("<i2").tobytes()
        position = 0
        for item in items:
            if isinstance(item, AudioFrame) and item.party == party:
                assert item.start_ms == position * 1000 // rate_hz
                position += len(item.pcm) // 2
    assert sum(action.wire_bytes for action in actions if isinstance(action, Feed)) == len(whole)


@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.floats(0, 3), st.booleans()), max_size=30),
    st.floats(0.1, 5),
)
def test_live_sound_is_never_farther_ahead_than_allowed_over_any_number_of_sockets(
    frames: list[tuple[int, float, bool]], max_ahead_s: float
) -> None:
    limits = NativeLimits(max_ahead_s=max_ahead_s)
    codec, age_s, connected_s, taken = live(limits=limits), 0.0, 0.0, 0
    for size, step_s, is_dropped in frames:
        age_s += step_s
        if is_dropped or codec.state == "ended":
            codec, connected_s = NativeCodec(limits), age_s
            codec.receive(text("resume", version=1, call_id="c", resume_token="t"), 0.0)
            whole = taken - taken % 4
            media = Media.model_validate(STEREO)
            at_ms = whole // 32
            legs = [Taken(whole // 4)] * 2
            codec.resumed("c", media, pace="live", age_s=age_s, taken=legs, positions_ms=[at_ms, at_ms], grace_ms=1)
            taken = whole
        actions = codec.receive(bytes(size), age_s - connected_s)
        ahead_s = (taken + size) / 32_000 - age_s
        if any(isinstance(action, Fail) for action in actions):
            assert ahead_s > max_ahead_s - 1e-6
        else:
            assert ahead_s <= max_ahead_s + 1e-6
            taken += size


@given(st.lists(st.integers(1, 32_000), max_size=20))
def test_replay_is_never_too_fast(sizes: list[int]) -> None:
    codec = NativeCodec(NativeLimits(max_ahead_s=0.1))
    codec.receive(opening(pace="replay"), 0.0)
    codec.opened("c1", "token", grace_ms=1)
    for size in sizes:
        assert not any(isinstance(action, Fail) for action in codec.receive(bytes(size), 0.0))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(
    ["open", "resume", "gap", "pause", "resume-media", "update", "ping", "close", "opened", "", "audio"]
)
fields = st.sampled_from(
    [
        "version",
        "media",
        "call_id",
        "agent",
        "customer",
        "events",
        "after",
        "duration_ms",
        "cause",
        "channel",
        "id",
        "framing",
    ]
)


def message_text(kind: str, rest: dict[str, object]) -> str:
    return json.dumps({"type": kind, **rest})


messages = st.builds(message_text, kinds, st.dictionaries(fields, json_values, max_size=5))
sensible = st.sampled_from(
    [
        opening(),
        text("pause"),
        text("resume-media", duration_ms=5),
        text("gap", duration_ms=20, cause="lost"),
        text("ping", id="x"),
        text("close"),
        text("resume", version=1, call_id="c", resume_token="t"),
    ]
)
frames = st.text(max_size=60) | messages | sensible | json_values.map(json.dumps) | st.binary(max_size=100)


@given(st.lists(st.tuples(frames, st.floats(0, 0.3)), max_size=25))
def test_no_sequence_of_frames_breaks_the_codec(sequence: list[tuple[str | bytes, float]]) -> None:
    codec, now = NativeCodec(), 0.0
    samples: Counter[Party] = Counter()
    gaps_ms: Counter[Party] = Counter()
    for frame, step in sequence:
        now += step
        for action in codec.receive(frame, now):
            match action:
                case OpenCall():
                    codec.opened("c", "t", grace_ms=1)
                case AttachCall():
                    media = Media.model_validate(STEREO)
                    legs = [Taken(), Taken()]
                    codec.resumed("c", media, pace="live", age_s=0.0, taken=legs, positions_ms=[0, 0], grace_ms=1)
                case Feed(items, _):
                    for item in items:
                        assert item.start_ms == gaps_ms[item.party] + samples[item.party] // 8
                        if isinstance(item, AudioFrame):
                            samples[item.party] += len(item.pcm) // 2
                        else:
                            gaps_ms[item.party] += item.end_ms - item.start_ms
                    codec.stored(now)
                case Fail(error, close_code):
                    assert INGEST_ERRORS[error.code].close_code == close_code
                    assert codec.state == "ended"
                case Reply(Error() as error):
                    assert error.code in INGEST_ERRORS
                    assert not error.fatal
                case _:
                    pass


@pytest.mark.parametrize("hostile", ['{"type":' * 100_000, "[" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000])
def test_deep_nesting_is_bad_json(hostile: str) -> None:
    assert error_of(NativeCodec().receive(hostile, 0.0)) == ("bad-json", True)


def test_lone_surrogates_and_huge_numbers_are_refused_without_a_crash() -> None:
    assert error_of(NativeCodec().receive('{"type": "open", "call_id": "\\ud800"}', 0.0))[1]
    assert error_of(NativeCodec().receive('{"type": "ping", "id": ' + "9" * 5000 + "}", 0.0))[1]
