"""Input lengths and token caps of the Whisper backend, and directories it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.backends import BACKENDS
from asr.backends.whisper import BUCKETS_FRAMES, TAIL_FRAMES, WhisperRunner, bucket_frames, token_cap
from asr.features import frame_count
from asr.speech import Effort
from assist.errors import ModelFilesError, RecogniserError

efforts = st.sampled_from(get_args(Effort))


def test_no_input_length_looks_like_encoder_output() -> None:
    assert all(frames % 2 == 0 and frames // 2 not in {80, 128} for frames in BUCKETS_FRAMES)


@given(st.integers(0, 30 * 16_000 - 1), efforts)
def test_the_bucket_holds_the_utterance_and_its_tail_up_to_30_s(samples: int, effort: Effort) -> None:
    bucket = bucket_frames(samples, effort)
    assert bucket in BUCKETS_FRAMES
    assert bucket >= min(3_000, frame_count(samples) + TAIL_FRAMES[effort])


def test_more_than_30_s_is_refused() -> None:
    with pytest.raises(RecogniserError) as caught:
        bucket_frames(31 * 16_000, "final")
    assert caught.value.code == "utterance-too-long"


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
    with pytest.raises(ModelFilesError, match="cannot be loaded"):
        WhisperRunner(tmp_path, "any@1")


def test_every_backend_is_named_by_module_and_factory() -> None:
    assert all(target.count(":") == 1 for target in BACKENDS.values())
