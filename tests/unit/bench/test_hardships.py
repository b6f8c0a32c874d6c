"""Speech made harder."""

from __future__ import annotations

import numpy as np
import pytest

from bench.hardships import HARDSHIPS, JOIN_GAP_S, QUIET_DB, endure, join

TIME_S = np.arange(3 * 16_000) / 16_000
VOICE = (0.3 * np.sin(2 * np.pi * 700 * TIME_S) * (TIME_S % 0.5 < 0.3)).astype(np.float32)


@pytest.mark.parametrize("name", HARDSHIPS)
def test_a_hardship_is_the_same_each_time_and_stays_on_the_line(name: str) -> None:
    samples = endure(name, VOICE, seed=1)
    np.testing.assert_array_equal(samples, endure(name, VOICE, seed=1))
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0


def test_quiet_speech_is_quieter_and_fast_speech_shorter() -> None:
    plain, quiet = endure("noise 20 dB", VOICE, 1), endure("quiet", VOICE, 1)
    level_db = 20 * np.log10(np.abs(quiet).max() / np.abs(plain).max())
    assert level_db == pytest.approx(QUIET_DB, abs=1.5)
    assert len(endure("fast", VOICE, 1)) < len(VOICE) < len(endure("slow", VOICE, 1))


def test_joined_turns_have_a_pause_between_them() -> None:
    assert len(join([VOICE, VOICE])) == 2 * len(VOICE) + round(JOIN_GAP_S * 16_000)
