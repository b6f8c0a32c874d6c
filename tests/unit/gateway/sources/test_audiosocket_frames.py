"""AudioSocket's frames, in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.audiosocket.frames import Frame, FrameReader, encode_frame
from tests.unit.gateway.sources.audiosocket_wire import HELLO, TICKET, pieces, sound


def test_frames_are_a_kind_a_big_endian_length_and_a_payload() -> None:
    assert encode_frame(0x00) == bytes.fromhex("000000")
    assert encode_frame(0x01, TICKET.bytes) == HELLO
    assert encode_frame(0x10, bytes(320))[:3] == bytes.fromhex("100140")
    assert encode_frame(0x10, bytes(65_535))[:3] == bytes.fromhex("10ffff")


@pytest.mark.parametrize("length", [0, 1, 255, 256, 65_535])
def test_frames_of_any_length_are_read(length: int) -> None:
    payload = sound(length)[:length]
    assert list(FrameReader().push(encode_frame(0x12, payload))) == [Frame(0x12, payload)]


def test_several_frames_in_one_piece_are_read_in_order() -> None:
    stream = HELLO + encode_frame(0x10, sound(160)) + encode_frame(0x03, b"5") + encode_frame(0x00)
    assert [frame.kind for frame in FrameReader().push(stream)] == [0x01, 0x10, 0x03, 0x00]


def test_a_stream_split_at_every_byte_gives_the_same_frames() -> None:
    stream = HELLO + encode_frame(0x10, sound(20)) + encode_frame(0x00)
    whole = list(FrameReader().push(stream))
    for place in range(len(stream) + 1):
        reader = FrameReader()
        assert [*reader.push(stream[:place]), *reader.push(stream[place:])] == whole
        assert reader.cut() is None


def test_the_rest_of_a_cut_stream_is_told() -> None:
    reader = FrameReader()
    assert list(reader.push(encode_frame(0x10, sound(160))[:103])) == []
    assert reader.cut() == Frame(0x10, sound(50), is_whole=False)
    assert reader.cut() is None


@given(
    frames=st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=8),
    cuts=st.lists(st.integers(0, 500), max_size=12),
)
def test_any_split_gives_the_same_frames(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    stream = b"".join(encode_frame(kind, payload) for kind, payload in frames)
    reader = FrameReader()
    read = [frame for piece in pieces(stream, cuts) for frame in reader.push(piece)]
    assert [(frame.kind, frame.payload) for frame in read] == frames
