"""Rate conversion in a stream."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.audio.resample import Resampler
from asr.audio.samples import Float32Array, Int16Array
from assist.errors import AudioFormatError


def convert(pcm: Int16Array, rate_hz: int, cuts: list[int]) -> Float32Array:
    resampler = Resampler(rate_hz)
    places = [0, *sorted(min(cut, len(pcm)) for cut in cuts), len(pcm)]
    parts = [resampler.resample(pcm[start:end]) for start, end in pairwise(places)]
    return np.concatenate([*parts, resampler.finish()])


@settings(max_examples=30)
@given(
    st.sampled_from([8_000, 11_025, 16_000, 44_100, 48_000]),
    st.integers(0, 6_000),
    st.lists(st.integers(0, 6_000), max_size=10),
)
def test_any_split_of_a_stream_gives_the_same_samples(rate_hz: int, samples: int, cuts: list[int]) -> None:
    pcm = np.random.default_rng(samples).integers(-20_000, 20_000, samples).astype(np.int16)
    whole, split = convert(pcm, rate_hz, []), convert(pcm, rate_hz, cuts)
    assert np.array_equal(whole, split)
    assert abs(len(whole) - samples * 16_000 / rate_hz) <= 1


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_a_click_stays_where_it_was(rate_hz: int) -> None:
    pcm = np.zeros(rate_hz, np.int16)
    pcm[rate_hz // 2] = 20_000
    assert abs(int(np.argmax(convert(pcm, rate_hz, [100, 5_000]))) - 8_000) <= 1


@pytest.mark.parametrize("rate_hz", [0, 7_999, 96_000])
def test_other_rates_are_refused(rate_hz: int) -> None:
    with pytest.raises(AudioFormatError) as caught:
        Resampler(rate_hz)
    assert caught.value.code == "unsupported-rate"
