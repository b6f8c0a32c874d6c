"""The segmenter alone, on made-up probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.segmenter import BLOCK_MS, Decision, Ending, Onset, Pause, Segment, Segmenter, SegmenterSettings
from asr.vad import BLOCK_SAMPLES

SECOND = 16_000


def run(
    blocks: list[tuple[float, float]], tail_samples: int = 0, *, ending: Ending = "unfinished", is_prompt: bool = False
) -> list[Onset | Segment]:
    """Onsets and segments, where all sentences have that ending.

    The answer comes as late as it may, or at once if ``is_prompt``.
    """
    segmenter = Segmenter()
    kept: list[Onset | Segment] = []
    is_over = False

    def keep(decisions: list[Decision]) -> None:
        nonlocal is_over
        for decision in decisions:
            match decision:
                case Pause():
                    if decision.ending == ending:
                        kept.append(decision.segment)
                        is_over = True
                case Segment():
                    if not is_over:
                        kept.append(decision)
                    is_over = False
                case Onset():
                    kept.append(decision)

    for block in blocks:
        if segmenter.is_resumed_by(block[0]) and is_over:
            segmenter.conclude()
            is_over = False
        keep(segmenter.push(*block))
        if is_prompt and is_over:
            segmenter.conclude()
            is_over = False
    keep(segmenter.finish(len(blocks) * BLOCK_SAMPLES + tail_samples))
    return kept


def speech(seconds: float, level: float = -20.0) -> list[tuple[float, float]]:
    return [(0.9, level)] * round(seconds * 1000 / BLOCK_MS)


def silence(seconds: float) -> list[tuple[float, float]]:
    return [(0.05, -70.0)] * round(seconds * 1000 / BLOCK_MS)


def segments(decisions: Sequence[Decision]) -> list[Segment]:
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


def waits_ms(ending: Ending, *seconds: float) -> list[int]:
    """Silence that ended speech of these lengths."""
    return [
        (segment.decided - segment.speech_end) * 1000 // SECOND
        for duration_s in seconds
        for segment in segments(run([*speech(duration_s), *silence(2)], ending=ending))
    ]


def test_silence_needed_depends_on_the_length_of_speech_and_on_the_ending() -> None:
    assert waits_ms("finished", 0.5, 5, 12) == [352, 352, 320]
    assert waits_ms("unclear", 0.5, 5, 12) == [576, 512, 320]
    assert waits_ms("unfinished", 0.5, 5, 12) == [960, 960, 512]


def test_a_pause_too_short_for_the_ending_does_not_end_the_segment() -> None:
    blocks = [*speech(1), *silence(0.448), *speech(1), *silence(1)]
    assert len(segments(run(blocks, ending="finished"))) == 2
    assert len(segments(run(blocks, ending="unclear"))) == 1


def test_there_is_no_pause_to_conclude_before_its_time() -> None:
    segmenter = Segmenter()
    for block in [*speech(1), *silence(0.3)]:
        segmenter.push(*block)
    with pytest.raises(ValueError, match="no pause"):
        segmenter.conclude()


def test_pre_roll_never_reaches_into_the_previous_segment() -> None:
    first, second = segments(run([*speech(1), *silence(0.416), *speech(1), *silence(1)], ending="finished"))
    assert first.end <= second.start


def test_silences_that_do_not_rise_with_the_ending_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        Segmenter(SegmenterSettings(finished_ms=((math.inf, 600),)))
    with pytest.raises(ValueError, match="no limit"):
        Segmenter(SegmenterSettings(unclear_ms=((5_000, 600),)))


def test_long_speech_is_split_at_its_quietest_point() -> None:
    blocks = [*speech(12), *speech(0.096, level=-50.0), *speech(10), *silence(1)]
    first, second = segments(run(blocks))
    assert first.cause == "split"
    assert first.end == second.start == 12 * SECOND + BLOCK_SAMPLES + BLOCK_SAMPLES // 2
    assert first.end - first.start <= 15 * SECOND


def test_a_split_inside_a_pause_leaves_nothing_open() -> None:
    blocks = [*speech(14.5), *silence(2)]
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


endings = st.sampled_from(["finished", "unclear", "unfinished"])


@given(blocks_of_speech, st.integers(0, BLOCK_SAMPLES - 1), endings)
def test_segments_are_ordered_disjoint_bounded_and_paired_with_onsets(
    blocks: list[tuple[float, float]], tail: int, ending: Ending
) -> None:
    decisions = run(blocks, tail, ending=ending)
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


@given(blocks_of_speech, endings)
def test_a_late_answer_gives_what_a_prompt_one_gives(blocks: list[tuple[float, float]], ending: Ending) -> None:
    assert run(blocks, ending=ending) == run(blocks, ending=ending, is_prompt=True)


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
