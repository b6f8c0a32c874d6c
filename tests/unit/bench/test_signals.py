"""Sounds without words."""

from __future__ import annotations

import numpy as np
import pytest

from bench.signals import RATE_HZ, SIGNALS, make, through_alaw


@pytest.mark.parametrize("name", SIGNALS)
def test_a_sound_is_the_same_each_time_and_as_loud_as_it_says(name: str) -> None:
    sound = make(name, 12.0, seed=3)
    assert len(sound) == 12 * RATE_HZ
    np.testing.assert_array_equal(sound, make(name, 12.0, seed=3))
    level_dbfs = 20 * np.log10(np.sqrt(np.mean(np.square(sound / 32_768.0))))
    assert level_dbfs < -70 if name == "silence" else abs(level_dbfs - SIGNALS[name][0]) < 2


def test_a_line_keeps_what_it_can_say_and_clips_the_rest() -> None:
    steps = through_alaw(np.array([0.0, 0.5, -0.5, 2.0, -2.0]))
    np.testing.assert_allclose(steps, [8, 16_384, -16_384, 32_256, -32_256], atol=520)
    np.testing.assert_array_equal(through_alaw(steps / 32_768), steps)
