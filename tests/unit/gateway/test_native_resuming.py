"""The native protocol without a socket: what is acknowledged, resumed, and sent channel by channel."""

from __future__ import annotations

import numpy as np
import pytest

from assist.handle import Taken
from assist.messages import AudioFrame, AudioGap
from gateway.sources.native import (
    AttachCall,
    NativeCodec,
    NativeLimits,
    Reply,
)
from gateway.sources.native_messages import Ack, Media
from tests.unit.gateway.native_wire import STEREO, error_of, live, opening, sound, text


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
