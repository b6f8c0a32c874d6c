"""AudioSocket's codec without a socket: anything."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.audiosocket.frames import encode_frame
from gateway.sources.codec import Action, Hang, Join, Send, Sound
from tests.unit.gateway.sources.audiosocket_wire import (
    HELLO,
    codec_of,
    fed,
    known,
    pcm,
    pieces,
    remarks,
    without_remarks,
)

KINDS = st.sampled_from([0x00, 0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x15, 0x17, 0x42, 0xFF])
FRAMES = st.lists(st.tuples(KINDS, st.binary(max_size=400)), max_size=12)


@given(frames=FRAMES, cuts=st.lists(st.integers(0, 4_000), max_size=20), noise=st.binary(max_size=30))
def test_any_split_of_any_stream_gives_the_same_call(
    frames: list[tuple[int, bytes]], cuts: list[int], noise: bytes
) -> None:
    stream = HELLO + b"".join(encode_frame(kind, payload) for kind, payload in frames) + noise
    whole, split = known_stream([stream]), known_stream(list(pieces(stream, cuts)))
    assert in_one(without_remarks(split)) == in_one(without_remarks(whole))
    assert sorted(remarks(split)) == sorted(remarks(whole))
    assert all(action.message == b"\x00\x00\x00" for action in whole if isinstance(action, Send))


def in_one(actions: Sequence[Action]) -> list[Action]:
    """With sounds that follow each other as one: how sound is cut says nothing."""
    found: list[Action] = []
    for action in actions:
        last = found[-1] if found else None
        if isinstance(action, Sound) and isinstance(last, Sound) and action.party == last.party:
            found[-1] = Sound(action.party, last.pcm + action.pcm)
        else:
            found.append(action)
    return found


def known_stream(parts: list[bytes]) -> list[Action]:
    codec = codec_of()
    actions = [action for part in parts for action in fed(codec, part, 0.5)]
    return [*actions, *codec.end(True)]


@given(parts=st.lists(st.one_of(st.binary(max_size=80), st.text(max_size=10)), max_size=10))
def test_anything_before_a_uuid_ends_one_connection_at_most_once(parts: list[str | bytes]) -> None:
    codec = codec_of()
    actions = [action for part in parts for action in codec.receive(part, 0.1)]
    actions += [*codec.expire(5.0), *codec.end(False), *codec.stop()]
    assert sum(isinstance(action, Hang) for action in actions) <= 1
    assert not [action for action in actions if isinstance(action, Join)]


@given(frames=st.lists(st.tuples(st.sampled_from([0x10, 0x03, 0x42]), st.binary(max_size=400)), max_size=12))
def test_every_sample_is_counted_once(frames: list[tuple[int, bytes]]) -> None:
    codec = known()
    stream = b"".join(encode_frame(kind, payload) for kind, payload in frames)
    actions = [*fed(codec, stream), *codec.end(True)]
    received = b"".join(payload for kind, payload in frames if kind == 0x10)
    assert pcm(actions) == received[: len(received) - len(received) % 2]
