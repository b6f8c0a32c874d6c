"""Private words out of the sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.stores.silencing import Samples, silenced

RATE_HZ = 8_000


def tone(ms: int) -> Samples:
    return (12_000 * np.sin(np.arange(ms * RATE_HZ // 1000) * 2 * np.pi * 440 / RATE_HZ)).astype(np.int16)


def test_span_is_silent_and_what_is_further_away_is_as_it_was() -> None:
    sound = tone(1_000)
    result = silenced(sound, RATE_HZ, [(300, 500)], fade_ms=8)
    assert not result[2_400:4_000].any()
    assert np.array_equal(result[: 2_400 - 64], sound[: 2_400 - 64])
    assert np.array_equal(result[4_000 + 64 :], sound[4_000 + 64 :])


def test_edges_fade_without_a_click() -> None:
    loud = np.full(8_000, 20_000, np.int16)
    steps = np.abs(np.diff(silenced(loud, RATE_HZ, [(300, 500)], fade_ms=8).astype(np.int32)))
    assert steps.max() < 20_000 * np.pi / 2 / 64 + 2


@given(
    cuts=st.lists(st.integers(1, 7_999), max_size=6),
    spans=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200)), max_size=4),
)
def test_blocks_give_the_same_as_the_whole(cuts: list[int], spans: list[tuple[int, int]]) -> None:
    sound = tone(1_000)
    spans_ms = [(start, start + length) for start, length in spans]
    edges = [0, *sorted(set(cuts)), len(sound)]
    blocks = [silenced(sound[start:end], RATE_HZ, spans_ms, first_sample=start) for start, end in pairwise(edges)]
    assert np.array_equal(np.concatenate(blocks), silenced(sound, RATE_HZ, spans_ms))


def test_span_outside_the_sound_changes_nothing() -> None:
    sound = tone(100)
    assert np.array_equal(silenced(sound, RATE_HZ, [(5_000, 6_000)]), sound)


def test_fade_needs_a_length() -> None:
    with pytest.raises(ValueError, match="fade_ms"):
        silenced(tone(10), RATE_HZ, [], fade_ms=0)
