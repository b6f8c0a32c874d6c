"""Input lengths and token caps of the Whisper backend, and directories it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.backends import BACKENDS
from asr.backends.whisper import COARSE_FRAMES, DECODES, FINE_FRAMES, WhisperRunner, input_frames, token_cap
from asr.features import frame_count
from asr.speech import Effort
from assist.errors import ModelFilesError, RecogniserError

efforts = st.sampled_from(get_args(Effort))


every_length = st.sampled_from([FINE_FRAMES, COARSE_FRAMES])


@pytest.mark.parametrize(("bins", "trap_steps"), [(80, 80), (128, 128)])
@pytest.mark.parametrize("lengths", [FINE_FRAMES, COARSE_FRAMES])
def test_no_input_length_makes_encoder_output_look_like_features(
    lengths: Sequence[int], bins: int, trap_steps: int
) -> None:
    steps = [(frames + 1) // 2 for frames in lengths]
    assert trap_steps not in steps, f"{bins} mel bins"
    assert all(frames % 2 == 0 for frames in lengths)


def test_every_utterance_gets_a_listed_input_length() -> None:
    samples = range(0, 30 * 16_000, 160)
    taken = {input_frames(count, decode.tail_frames) for count in samples for decode in DECODES.values()}
    assert taken <= set(FINE_FRAMES)


@given(st.integers(0, 30 * 16_000 - 1), efforts, every_length)
def test_the_input_holds_the_utterance_and_its_tail_up_to_30_s(
    samples: int, effort: Effort, lengths: Sequence[int]
) -> None:
    frames = input_frames(samples, DECODES[effort].tail_frames, lengths)
    assert frames in lengths
    assert frames >= min(3_000, frame_count(samples) + DECODES[effort].tail_frames)


def test_more_than_30_s_is_refused() -> None:
    with pytest.raises(RecogniserError) as caught:
        input_frames(31 * 16_000, 400)
    assert caught.value.code == "utterance-too-long"


@given(st.integers(1, 30 * 16_000 - 1))
def test_the_cap_leaves_room_for_eight_tokens_a_second_within_the_hard_limit(samples: int) -> None:
    assert min(224, 8 * samples / 16_000 + 14) <= token_cap(samples) <= 224


@pytest.mark.parametrize(("seconds", "tokens"), [(0, 14), (1, 22), (15, 134), (30, 224)])
def test_token_cap_grows_with_the_utterance_up_to_the_hard_limit(seconds: int, tokens: int) -> None:
    assert token_cap(seconds * 16_000) == tokens


def test_a_directory_without_tokenizer_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json"):
        (tmp_path / name).touch()
    with pytest.raises(ModelFilesError, match=r"tokenizer\.json"):
        WhisperRunner(tmp_path, "any@1")


def test_files_that_are_no_model_are_refused(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelFilesError, match=r"tokenizer\.json"):
        WhisperRunner(tmp_path, "any@1")


def test_every_backend_is_named_by_module_and_factory() -> None:
    assert all(backend.factory.count(":") == 1 for backend in BACKENDS.values())
