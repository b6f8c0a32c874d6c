"""What a telephone leaves of a tone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.train.voice.telephone import RATE_HZ, through_telephone


def tone(frequency_hz: float, rate_hz: int = 44_100) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * frequency_hz * np.arange(rate_hz) / rate_hz)


def share_of(frequency_hz: float, pcm: NDArray[np.int16]) -> float:
    power = np.square(np.abs(np.fft.rfft(pcm.astype(np.float64))))
    place = round(frequency_hz * len(pcm) / RATE_HZ)
    return float(power[place - 3 : place + 4].sum() / power.sum())


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_a_tone_of_the_band_comes_through_at_eight_kilohertz(rate_hz: int) -> None:
    pcm = through_telephone(tone(1_000, rate_hz), rate_hz)
    assert abs(len(pcm) - RATE_HZ) <= 1
    assert share_of(1_000, pcm) > 0.99
    assert np.abs(pcm).max() == pytest.approx(0.6 * 32_767, rel=0.03)


@pytest.mark.parametrize("frequency_hz", [60, 150, 3_900])
def test_sound_outside_of_the_band_is_weakened(frequency_hz: int) -> None:
    pcm = through_telephone(tone(frequency_hz) + tone(1_000), 44_100)
    assert share_of(frequency_hz, pcm) < 0.1 * share_of(1_000, pcm)


def test_only_the_steps_of_a_law_come_out() -> None:
    pcm = through_telephone(tone(700) + tone(1_300), 44_100)
    assert len(np.unique(np.abs(pcm))) <= 128


@pytest.mark.parametrize("samples", [100, 44_100])
def test_silence_stays_silence(samples: int) -> None:
    assert not through_telephone(np.zeros(samples), 44_100).any()
