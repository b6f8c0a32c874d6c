"""Features as Kaldi computes them."""

from __future__ import annotations

import numpy as np
import pytest

from asr.audio.samples import RECOGNITION_RATE_HZ, to_float
from asr.speakers.fbank import speaker_features
from asr.speakers.model import pieces_of


def test_level_of_speech_changes_nothing_but_what_is_inaudible() -> None:
    loud = to_float((np.random.default_rng(3).normal(0, 8_000, 16_000)).clip(-32_000, 32_000).astype(np.int16))
    np.testing.assert_allclose(speaker_features(loud), speaker_features(loud * np.float32(0.25)), atol=1e-3)


def test_silence_has_features_and_less_than_a_window_has_none() -> None:
    assert np.isfinite(speaker_features(np.zeros(400, np.float32))).all()
    with pytest.raises(ValueError, match="less than a window"):
        speaker_features(np.zeros(399, np.float32))


@pytest.mark.parametrize(
    ("ms", "count", "piece_ms"),
    [(800, 1, 800), (3_700, 1, 3_700), (3_800, 2, 1_900), (9_000, 4, 2_250), (15_000, 4, 2_500)],
)
def test_pieces_are_alike_and_bounded(ms: int, count: int, piece_ms: int) -> None:
    samples = np.arange(ms * RECOGNITION_RATE_HZ // 1000, dtype=np.float32)
    pieces = pieces_of(samples)
    assert [len(piece) for piece in pieces] == [piece_ms * 16] * count
    assert pieces[0][0] == 0
    assert pieces[-1][-1] >= len(samples) - count
