"""The level at which a voice detector hears a stream."""

from __future__ import annotations

import numpy as np
import pytest

from asr.audio.samples import Float32Array, level_dbfs
from asr.vad import BLOCK_SAMPLES, LOUD_DBFS, MAX_LIFT_DB, LiftedDetector


class LevelMeter:
    """Tells the level of what it gets in place of a probability."""

    def probability(self, block: Float32Array) -> float:
        return level_dbfs(block)


def block(level: float) -> Float32Array:
    return np.full(BLOCK_SAMPLES, 10 ** (level / 20), np.float32)


def test_ordinary_speech_is_heard_as_it_is() -> None:
    assert LiftedDetector(LevelMeter()).probability(block(-20.0)) == pytest.approx(-20.0, abs=0.1)


def test_quiet_speech_is_lifted_within_bounds() -> None:
    assert LiftedDetector(LevelMeter()).probability(block(-40.0)) == pytest.approx(LOUD_DBFS, abs=0.1)
    assert LiftedDetector(LevelMeter()).probability(block(-60.0)) == pytest.approx(-60.0 + MAX_LIFT_DB, abs=0.1)


def test_a_pause_is_not_lifted_to_the_level_of_the_speech_before_it() -> None:
    lifted = LiftedDetector(LevelMeter())
    lifted.probability(block(-30.0))
    assert lifted.probability(block(-60.0)) == pytest.approx(-55.0, abs=0.1)
