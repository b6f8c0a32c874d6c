"""The linear model over a sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from asr.voice.judge import VoiceJudge, VoiceModel, features_of, load_voice_judge
from asr.voice.prosody import Prosody
from asr.voice.sound import Sound, hear_sound
from assist.errors import ModelFilesError

WIDTH = 3
PROSODY = Prosody(
    level_dbfs=-23.456, pitch_hz=200.04, pitch_range=5.0, voiced_share=0.8, level_spread_db=6.0, brightness_db=-8.0
)
SOUND = Sound(np.arange(2 * WIDTH, dtype=np.float32), PROSODY)
FEATURES = len(features_of(SOUND))


def model(**changes: object) -> VoiceModel:
    weights = np.random.default_rng(1).standard_normal((3, FEATURES)).astype(np.float32)
    plain = VoiceModel(
        centre=np.zeros(FEATURES, np.float32),
        scale=np.ones(FEATURES, np.float32),
        weights=weights,
        bias=np.zeros(3, np.float32),
        name="voice-test@1",
        recogniser="whisper-base",
    )
    return replace(plain, **changes)


def test_a_reading_holds_the_prosody_and_probabilities_that_add_up() -> None:
    reading = VoiceJudge(model()).read(SOUND, recogniser="whisper-base@1.0.0", characters=10, speech_ms=2_000)
    assert reading is not None
    assert (reading.level_dbfs, reading.pitch_hz, reading.pitch_range) == (-23.5, 200.0, 5.0)
    assert reading.chars_per_min == 300
    assert reading.negative + reading.neutral + reading.positive == pytest.approx(1, abs=1e-6)
    assert reading.source == "voice-test@1"


def test_the_bias_decides_where_nothing_else_does() -> None:
    silent = model(weights=np.zeros((3, FEATURES), np.float32), bias=np.array([0, 5, 0], np.float32))
    reading = VoiceJudge(silent).read(SOUND, recogniser="whisper-base@1", characters=1, speech_ms=500)
    assert reading is not None
    assert reading.neutral > 0.95


def test_the_level_alone_changes_no_probability() -> None:
    judge = VoiceJudge(model())
    louder = Sound(SOUND.pooled, replace(PROSODY, level_dbfs=-10.0))
    one, other = (
        judge.read(sound, recogniser="whisper-base@1", characters=8, speech_ms=900) for sound in (SOUND, louder)
    )
    assert one is not None
    assert other is not None
    assert one.model_copy(update={"level_dbfs": other.level_dbfs}) == other


def test_a_voice_without_pitch_is_judged_by_the_rest() -> None:
    hoarse = Sound(SOUND.pooled, replace(PROSODY, pitch_hz=None, pitch_range=None))
    reading = VoiceJudge(model()).read(hoarse, recogniser="whisper-base@1", characters=8, speech_ms=900)
    assert reading is not None
    assert reading.pitch_hz is None
    assert 0 <= reading.negative <= 1


def test_the_encoder_of_another_recogniser_is_not_judged() -> None:
    judge = VoiceJudge(model())
    assert judge.read(SOUND, recogniser="whisper-small@1", characters=8, speech_ms=900) is None
    wider = Sound(np.zeros(4 * WIDTH, np.float32), PROSODY)
    assert judge.read(wider, recogniser="whisper-base@1", characters=8, speech_ms=900) is None


def test_a_saved_model_is_the_same_when_loaded(tmp_path: Path) -> None:
    model().save(tmp_path / "one.npz")
    model().save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    loaded, made = load_voice_judge(tmp_path / "one.npz"), VoiceJudge(model())
    one, other = (
        judge.read(SOUND, recogniser="whisper-base@1", characters=8, speech_ms=900) for judge in (loaded, made)
    )
    assert one == other


@pytest.mark.parametrize("content", [None, b"", b"not a zip file", b"PK\x03\x04broken"])
def test_a_broken_file_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "voice.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelFilesError, match="voice"):
        load_voice_judge(path)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        model(bias=np.zeros(2, np.float32))


def test_only_positions_with_speech_are_pooled() -> None:
    speech = (0.1 * np.random.default_rng(1).standard_normal(16_000)).astype(np.float32)
    samples = np.concatenate([speech, np.zeros(16_000, np.float32)])
    positions = np.zeros((300, WIDTH), np.float32)
    positions[:50] = [1, 2, 3]
    positions[50:] = 99
    sound = hear_sound(samples, positions)
    assert sound is not None
    assert sound.pooled.tolist() == [1, 2, 3, 0, 0, 0]
    assert hear_sound(np.zeros(16_000, np.float32), positions) is None
