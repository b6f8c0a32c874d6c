"""Pitch, level and effort of made sounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.samples import Float32Array
from asr.voice.prosody import Prosody, measure, speech_steps


def voice(pitch_hz: float, seconds: float = 1.0, *, peak: float = 0.1, overtones: range = range(1, 15)) -> Float32Array:
    """A steady voice as a telephone lets it through: without its fundamental, if that is below 300 Hz."""
    time_s = np.arange(round(16_000 * seconds)) / 16_000
    waves = [np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in overtones if 300 < pitch_hz * k < 3_400]
    wave = np.sum(waves, axis=0)
    return (peak * wave / np.abs(wave).max()).astype(np.float32)


def prosody_of(samples: Float32Array) -> Prosody:
    found = measure(samples, speech_steps(samples))
    assert found is not None
    return found


@pytest.mark.parametrize("pitch_hz", [85, 120, 180, 240, 330, 440])
def test_pitch_is_found_without_its_fundamental(pitch_hz: int) -> None:
    assert prosody_of(voice(pitch_hz)).pitch_hz == pytest.approx(pitch_hz, rel=0.01)


def test_pitch_range_is_the_distance_of_high_and_low_tones() -> None:
    octave_steps = np.concatenate([voice(150.0 * 2 ** (step / 12)) for step in (0, 4)])
    found = prosody_of(octave_steps)
    assert found.pitch_range == pytest.approx(4, abs=0.3)
    assert prosody_of(voice(150)).pitch_range == pytest.approx(0, abs=0.1)


def test_noise_has_a_level_but_no_pitch() -> None:
    noise = (0.1 * np.random.default_rng(1).standard_normal(16_000)).astype(np.float32)
    found = prosody_of(noise)
    assert found.pitch_hz is None
    assert found.pitch_range is None
    assert found.level_dbfs == pytest.approx(-20, abs=0.5)


def test_twice_the_amplitude_is_six_decibels_louder_and_nothing_else() -> None:
    quiet, loud = prosody_of(voice(200, peak=0.1)), prosody_of(voice(200, peak=0.2))
    assert loud.level_dbfs - quiet.level_dbfs == pytest.approx(6.02, abs=0.05)
    assert loud.pitch_hz == pytest.approx(quiet.pitch_hz)
    assert loud.brightness_db == pytest.approx(quiet.brightness_db, abs=0.05)


def test_pauses_do_not_lower_the_level() -> None:
    speech = voice(200)
    pause = np.zeros(16_000, np.float32)
    assert prosody_of(np.concatenate([pause, speech, pause, speech])).level_dbfs == pytest.approx(
        prosody_of(speech).level_dbfs, abs=0.3
    )


def test_more_overtones_are_brighter() -> None:
    assert prosody_of(voice(200)).brightness_db > prosody_of(voice(200, overtones=range(1, 4))).brightness_db + 10


@pytest.mark.parametrize("samples", [0, 1, 319, 320, 1_919])
def test_less_than_a_syllable_is_not_measured(samples: int) -> None:
    sound = voice(200)[:samples]
    assert measure(sound, speech_steps(sound)) is None


def test_silence_is_no_speech() -> None:
    assert not speech_steps(np.zeros(16_000, np.float32)).any()
    assert measure(np.zeros(16_000, np.float32), speech_steps(np.zeros(16_000, np.float32))) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 20_000), st.floats(0, 1))
def test_any_sound_is_measured_within_bounds(seed: int, samples: int, loudness: float) -> None:
    sound = (loudness * np.random.default_rng(seed).uniform(-1, 1, samples)).astype(np.float32)
    speech = speech_steps(sound)
    assert len(speech) == samples // 320
    found = measure(sound, speech)
    assert found == measure(sound, speech)
    if found is None:
        return
    assert -100 <= found.level_dbfs <= 0
    assert 0 <= found.voiced_share <= 1
    assert found.pitch_hz is None or 70 <= found.pitch_hz <= 530
    assert found.pitch_range is None or 0 <= found.pitch_range <= 24
    assert np.isfinite([found.level_spread_db, found.brightness_db]).all()
