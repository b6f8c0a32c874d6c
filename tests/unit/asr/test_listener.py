"""From samples to segments."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.audio.samples import Float32Array
from asr.listener import Heard, HeardPause, HeardSegment, Listener, Resumption
from asr.segmenter import Onset
from tests.support.speech import LevelDetector


def signal(runs: list[tuple[bool, int]]) -> Float32Array:
    """Noise, loud or quiet, for some hundreds of milliseconds each."""
    generator = np.random.default_rng(3)
    parts = [(0.2 if loud else 0.001) * generator.uniform(-1, 1, count * 1_600) for loud, count in runs]
    return np.concatenate([np.zeros(0), *parts]).astype(np.float32)


def hear(samples: Float32Array, cuts: list[int]) -> list[Heard]:
    listener = Listener(LevelDetector())
    places = [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    heard = [item for start, end in pairwise(places) for item in listener.hear(samples[start:end])]
    return [*heard, *listener.finish()]


def summary(heard: list[Heard]) -> list[object]:
    return [_summary(item) for item in heard]


def _summary(item: Heard) -> object:
    match item:
        case Onset() | Resumption():
            return item
        case HeardPause():
            return item.ending, _summary(item.ended)
        case HeardSegment():
            return item.segment, item.acoustics, item.samples.tobytes()
        case _:
            assert_never(item)


some_runs = st.lists(st.tuples(st.booleans(), st.integers(1, 25)), max_size=6)


@settings(max_examples=40)
@given(some_runs, st.lists(st.integers(0, 200_000), max_size=20))
def test_any_cutting_of_the_samples_gives_the_same_segments(runs: list[tuple[bool, int]], cuts: list[int]) -> None:
    samples = signal(runs)
    assert summary(hear(samples, cuts)) == summary(hear(samples, []))


@settings(max_examples=40)
@given(some_runs)
def test_segments_hold_their_own_samples(runs: list[tuple[bool, int]]) -> None:
    samples = signal(runs)
    for item in hear(samples, []):
        if isinstance(item, HeardPause):
            item = item.ended
        if isinstance(item, HeardSegment):
            assert np.array_equal(item.samples, samples[item.segment.start : item.segment.end])


@settings(max_examples=40)
@given(some_runs)
def test_what_is_foreseen_comes_true_unless_speech_goes_on(runs: list[tuple[bool, int]]) -> None:
    listener = Listener(LevelDetector())
    foreseen: HeardSegment | None = None
    blocks = signal(runs).reshape(-1, 320)
    for heard in [*(listener.hear(block) for block in blocks), listener.finish()]:
        for item in heard:
            if isinstance(item, HeardPause):
                item = item.ended
            if isinstance(item, HeardSegment) and foreseen and foreseen.segment.speech_end == item.segment.speech_end:
                assert replace(foreseen.segment, decided=0, cause="") == replace(item.segment, decided=0, cause="")
                assert np.array_equal(foreseen.samples, item.samples)
                assert foreseen.acoustics.speech_ms == item.acoustics.speech_ms
        foreseen = listener.foresee()


def test_the_end_of_a_pause_is_told_before_the_speech_that_ends_it_is_judged() -> None:
    listener = Listener(LevelDetector())
    heard = [type(item) for item in listener.hear(signal([(True, 10), (False, 5), (True, 10), (False, 6)]))]
    assert heard == [Onset, HeardPause, Resumption, HeardPause, HeardPause]


def test_a_concluded_pause_leaves_the_speech_after_it_to_a_new_segment() -> None:
    listener = Listener(LevelDetector())
    onsets: list[Onset] = []
    for item in listener.hear(signal([(True, 10), (False, 5), (True, 10)])):
        match item:
            case Resumption():
                listener.conclude()
            case Onset():
                onsets.append(item)
            case _:
                pass
    assert len(onsets) == 2
    (last,) = [item for item in listener.finish() if isinstance(item, HeardSegment)]
    assert last.segment.speech_start == onsets[1].speech_start


def test_nothing_is_foreseen_before_the_post_roll_is_complete() -> None:
    listener = Listener(LevelDetector())
    deque(listener.hear(signal([(True, 10), (False, 2)])))
    assert listener.foresee() is None
    deque(listener.hear(signal([(False, 1)])))
    foreseen = listener.foresee()
    assert foreseen is not None
    assert foreseen.segment.end - foreseen.segment.speech_end == 3_200


def test_acoustics_tell_speech_from_the_noise_before_it() -> None:
    heard = hear(signal([(False, 20), (True, 10), (False, 10)]), [])
    (segment,) = [item for item in heard if isinstance(item, HeardSegment)]
    assert 950 <= segment.acoustics.speech_ms <= 1_100
    assert -20 < segment.acoustics.level_dbfs < -17
    assert -68 < segment.acoustics.noise_dbfs < -60
    assert segment.acoustics.speech_share == 1.0


def test_the_open_audio_is_at_most_the_window() -> None:
    listener = Listener(LevelDetector())
    deque(listener.hear(signal([(False, 10), (True, 50)])))
    whole, is_cut = listener.open_audio(window_ms=10_000)
    assert not is_cut
    assert 5_200 <= len(whole) // 16 <= 5_400
    latest, is_cut = listener.open_audio(window_ms=1_000)
    assert is_cut
    assert len(latest) == 16_000
    assert np.array_equal(latest, whole[-16_000:])
