"""Wire bytes to samples."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import Deinterleaver, Encoding, decode, sample_bytes
from assist.errors import AudioFormatError

ENCODINGS: tuple[Encoding, ...] = ("pcm_s16le", "mulaw", "alaw")


@pytest.mark.parametrize(("encoding", "subtype"), [("mulaw", "ULAW"), ("alaw", "ALAW")])
def test_g711_tables_agree_with_libsndfile(encoding: Encoding, subtype: str) -> None:
    codes = bytes(range(256))
    expected, _ = cast("Any", soundfile).read(
        io.BytesIO(codes), format="RAW", subtype=subtype, samplerate=8000, channels=1, dtype="int16"
    )
    assert decode(encoding, codes).tolist() == expected.tolist()


def test_pcm_is_little_endian() -> None:
    assert decode("pcm_s16le", b"\x01\x00\xff\xff\x00\x80").tolist() == [1, -1, -32768]


def test_pcm_of_odd_length_is_refused() -> None:
    with pytest.raises(AudioFormatError) as caught:
        decode("pcm_s16le", b"\x00")
    assert caught.value.code == "odd-byte-count"


def test_no_channels_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Deinterleaver("mulaw", 0)


@given(
    st.binary(max_size=200), st.sampled_from(ENCODINGS), st.integers(1, 3), st.lists(st.integers(0, 200), max_size=8)
)
def test_any_split_of_a_stream_gives_the_same_channels(
    data: bytes, encoding: Encoding, channels: int, cuts: list[int]
) -> None:
    splitter = Deinterleaver(encoding, channels)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pushed = [splitter.push(data[start:end]) for start, end in pairwise(places)]
    frame_bytes = channels * sample_bytes(encoding)
    whole = len(data) - len(data) % frame_bytes
    assert splitter.carried_bytes == len(data) - whole
    expected = decode(encoding, data[:whole])
    for channel in range(channels):
        joined = np.concatenate([part[channel] for part in pushed])
        assert joined.tolist() == expected[channel::channels].tolist()
