"""The native protocol without a socket: whatever comes, in whatever pieces."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import decode
from assist.handle import Taken
from assist.messages import AudioFrame, Party
from gateway.sources.native import (
    Action,
    AttachCall,
    Fail,
    Feed,
    NativeCodec,
    NativeLimits,
    OpenCall,
    Reply,
)
from gateway.sources.native_messages import INGEST_ERRORS, Encoding, Error, Media
from tests.unit.gateway.native_wire import STEREO, error_of, live, opening, pcm, sound, text

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
