"""Whisper directories beside the default one: other sizes, mel bins, layouts and devices."""

from __future__ import annotations

import json
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from asr.audio.samples import Float32Array
from asr.backends.whisper import WhisperRunner
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import ConfigurationError, ModelFilesError
from tests.support.tiny_whisper import write_whisper

SOUND: Float32Array = (0.1 * np.random.default_rng(1).standard_normal(48_000)).astype(np.float32)


def hear(runner: WhisperRunner) -> Hypothesis:
    (heard,) = runner.run([SpeechRequest(SOUND, "final")])
    return heard


@pytest.mark.parametrize("bins", [80, 128])
def test_mel_bins_are_those_of_the_weights(tmp_path: Path, bins: int) -> None:
    directory = write_whisper(tmp_path, mel_bins=bins)
    (directory / "preprocessor_config.json").unlink()
    assert hear(WhisperRunner(directory, "tiny@1")).text


@pytest.mark.parametrize("bins", [80, 128])
def test_a_vocabulary_with_biases_is_cut_too(tmp_path: Path, bins: int) -> None:
    directory = write_whisper(tmp_path, mel_bins=bins)
    cut, whole = (WhisperRunner(directory, "tiny@1", full_vocabulary=full) for full in (False, True))
    one, other = hear(cut), hear(whole)
    assert set(one.text) & set(other.text)
    assert one.text


def test_an_older_vocabulary_file_is_read(tmp_path: Path) -> None:
    directory = write_whisper(tmp_path)
    heard = hear(WhisperRunner(directory, "tiny@1"))
    symbols = (directory / "vocabulary.json").read_text("utf-8")
    (directory / "vocabulary.json").unlink()
    lines: list[str] = json.loads(symbols)
    (directory / "vocabulary.txt").write_text("\n".join(lines) + "\n", "utf-8")
    assert hear(WhisperRunner(directory, "tiny@1")) == heard


def test_a_gpu_that_is_not_there_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    with pytest.raises(ConfigurationError) as refusal:
        WhisperRunner(write_whisper(tmp_path), "tiny@1", device="cuda", compute_type="float16")
    assert refusal.value.code == "no-accelerator"


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    directory = write_whisper(tmp_path)
    (directory / "model.bin").write_bytes((directory / "model.bin").read_bytes()[:1_000])
    with pytest.raises(ModelFilesError, match="cannot be loaded"):
        WhisperRunner(directory, "tiny@1")
