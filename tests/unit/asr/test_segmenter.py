"""The segmenter alone, on made-up probabilities."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asr.segmenter import BLOCK_MS, Decision, Onset, Segment, Segmenter, SegmenterSettings
from asr.vad import BLOCK_SAMPLES

SECOND = 16_000


def run(blocks: list[tuple[float, float]], tail_samples: int = 0) -> list[Decision]:
    segmenter = Segmenter()
    decisions = [decision for block in blocks for decision in segmenter.push(*block)]
    return decisions + segmenter.finish(len(blocks) * BLOCK_SAMPLES + tail_samples)


def speech(seconds: float, level: float = -20.0) -> list[tuple[float, float]]:
    return [(0.9, level)] * round(seconds * 1000 / BLOCK_MS)


def silence(seconds: float) -> list[tuple[float, float]]:
    return [(0.05, -70.0)] * round(seconds * 1000 / BLOCK_MS)


def segments(decisions: list[Decision]) -> list[Segment]:
    return [decision for decision in decisions if isinstance(decision, Segment)]


def test_silence_opens_nothing() -> None:
    assert run(silence(20)) == []


def test_two_blocks_of_speech_are_not_an_onset() -> None:
    assert run([*silence(1), (0.9, -20.0), (0.9, -20.0), *silence(1)]) == []


def test_onset_is_decided_with_the_third_block_of_speech() -> None:
    onset = run([*silence(0.96), *speech(1)])[0]
    assert onset == Onset(speech_start=30 * BLOCK_SAMPLES, decided=33 * BLOCK_SAMPLES)


def test_a_segment_has_pre_roll_and_post_roll() -> None:
    (segment,) = segments(run([*silence(0.96), *speech(0.96), *silence(2)]))
    assert segment.start == 30 * BLOCK_SAMPLES - 4_800
    assert segment.speech_end == 60 * BLOCK_SAMPLES
    assert segment.end == segment.speech_end + 3_200
    assert segment.cause == "pause"


def test_the_pre_roll_reaches_back_to_where_the_sound_began() -> None:
    soft = [(0.1, -25.0)] * 16
    (segment,) = segments(run([*silence(0.96), *soft, *speech(0.96), *silence(2)]))
    assert segment.speech_start == 46 * BLOCK_SAMPLES
    assert segment.start == 29 * BLOCK_SAMPLES


def test_the_pre_roll_reaches_over_short_gaps_but_not_to_another_sound() -> None:
    soft, pause = [(0.1, -25.0)] * 4, [(0.1, -60.0)]
    (near,) = segments(run([*silence(0.96), *soft, *pause * 4, *soft, *speech(0.96), *silence(2)]))
    assert near.start == 29 * BLOCK_SAMPLES
    (far,) = segments(run([*silence(0.96), *soft, *pause * 5, *soft, *speech(0.96), *silence(2)]))
    assert far.start == far.speech_start - 4_800


def test_sound_that_never_was_quiet_gets_no_longer_pre_roll() -> None:
    (segment,) = segments(run([*[(0.1, -25.0)] * 60, *speech(0.96), *silence(2)]))
    assert segment.start == segment.speech_start - 4_800


def test_the_pre_roll_is_bounded() -> None:
    (segment,) = segments(run([*silence(1.2), *[(0.1, -25.0)] * 40, *speech(0.96), *silence(2)]))
    assert segment.start == segment.speech_start - 12_800


def test_hangover_shrinks_with_the_length_of_speech() -> None:
    waits = [
        segment.decided - segment.speech_end
        for seconds in (1, 7, 12)
        for segment in segments(run([*speech(seconds), *silence(2)]))
    ]
    assert [wait * 1000 // SECOND for wait in waits] == [608, 512, 352]


def test_a_pause_shorter_than_the_hangover_does_not_end_the_segment() -> None:
    assert len(segments(run([*speech(1), *silence(0.5), *speech(1), *silence(1)]))) == 1


def test_pre_roll_never_reaches_into_the_previous_segment() -> None:
    first, second = segments(run([*speech(1), *silence(0.64), *speech(1), *silence(1)]))
    assert first.end <= second.start


def test_long_speech_is_split_at_its_quietest_point() -> None:
    blocks = [*speech(12), *speech(0.096, level=-50.0), *speech(10), *silence(1)]
    first, second = segments(run(blocks))
    assert first.cause == "split"
    assert first.end == second.start == 12 * SECOND + BLOCK_SAMPLES + BLOCK_SAMPLES // 2
    assert first.end - first.start <= 15 * SECOND


def test_a_split_inside_a_pause_leaves_nothing_open() -> None:
    blocks = [*speech(14.4), *silence(0.32), *silence(2)]
    decisions = run(blocks)
    assert [type(decision) for decision in decisions] == [Onset, Segment]


def test_open_speech_is_ended_when_the_stream_stops() -> None:
    (segment,) = segments(run(speech(1), tail_samples=100))
    assert segment.cause == "stopped"
    assert segment.end == segment.decided == 31 * BLOCK_SAMPLES + 100


blocks_of_speech = st.lists(
    st.tuples(st.integers(1, 300), st.sampled_from([0.0, 0.3, 0.4, 0.6, 1.0]), st.sampled_from([-70.0, -40.0, -20.0])),
    max_size=12,
).map(lambda runs: [(probability, level) for count, probability, level in runs for _ in range(count)])


@given(blocks_of_speech, st.integers(0, BLOCK_SAMPLES - 1))
def test_segments_are_ordered_disjoint_bounded_and_paired_with_onsets(
    blocks: list[tuple[float, float]], tail: int
) -> None:
    decisions = run(blocks, tail)
    found = segments(decisions)
    onsets = [decision for decision in decisions if isinstance(decision, Onset)]
    assert [onset.speech_start for onset in onsets] == [segment.speech_start for segment in found]
    decided = [decision.decided for decision in decisions]
    assert decided == sorted(decided)
    free_from = 0
    for segment in found:
        assert free_from <= segment.start <= segment.speech_start < segment.speech_end <= segment.end
        assert segment.end <= segment.decided <= len(blocks) * BLOCK_SAMPLES + tail
        assert segment.end - segment.start <= 15 * SECOND
        assert 0 < segment.speech_samples <= segment.speech_end - segment.speech_start
        free_from = segment.end


@given(blocks_of_speech)
def test_segments_cover_every_block_of_sustained_speech(blocks: list[tuple[float, float]]) -> None:
    covered = segments(run(blocks))
    onset_blocks = SegmenterSettings().onset_ms // BLOCK_MS
    for index in range(len(blocks) - onset_blocks + 1):
        if all(probability >= 0.5 for probability, _ in blocks[index : index + onset_blocks]):
            start = index * BLOCK_SAMPLES
            assert any(segment.start <= start < segment.end for segment in covered)


@given(blocks_of_speech)
def test_no_decision_needs_audio_before_the_announced_earliest_start(blocks: list[tuple[float, float]]) -> None:
    segmenter = Segmenter()
    earliest = 0
    for block in blocks:
        for decision in segmenter.push(*block):
            if isinstance(decision, Segment):
                assert decision.start >= earliest
        assert segmenter.earliest_start >= earliest
        earliest = segmenter.earliest_start
