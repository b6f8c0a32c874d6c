"""Fitting confidence, and telling how honest it is."""

from __future__ import annotations

import numpy as np
import pytest

from asr.speech import Hypothesis
from asr.text import Scribe
from bench.calibration import FOLDS, Judged, expected_calibration_error, fit, judge, report
from bench.decodes import PLAIN, Decoded, Sample
from tests.support.speech import hypothesis

RNG = np.random.default_rng(4)
WEIGHTS = np.array([0.5, 1.0, 0.3, 0.8, -1.5])
FEATURES = np.column_stack(
    [np.ones(8_000), RNG.normal(1.0, 1.5, (8_000, 2)), RNG.uniform(-1, 0, 8_000), RNG.integers(0, 2, 8_000)]
).astype(np.float64)
TRUTH = 1 / (1 + np.exp(-FEATURES @ WEIGHTS))
IS_RIGHT = RNG.random(8_000) < TRUTH


def test_a_fit_finds_the_weights_that_made_the_truth() -> None:
    np.testing.assert_allclose(fit(FEATURES, IS_RIGHT), WEIGHTS, atol=0.25)


def test_true_probabilities_are_calibrated_and_bold_ones_are_not() -> None:
    assert expected_calibration_error(TRUTH, IS_RIGHT) < 0.02
    assert expected_calibration_error(np.ones(8_000), IS_RIGHT) == pytest.approx(1 - IS_RIGHT.mean())


def test_a_report_judges_speakers_it_was_not_fitted_on() -> None:
    result = report(Judged(FEATURES, IS_RIGHT, np.arange(8_000) % FOLDS))
    held_out = result["calibrated_on_other_speakers"]
    assert held_out["expected_calibration_error"] < 0.03
    assert held_out["area_under_roc"] > 0.7


def decoded(text: str, final: Hypothesis, careful: Hypothesis) -> Decoded:
    sample = Sample(np.zeros(32_000, np.float32), text, "S1", PLAIN)
    return Decoded(sample, {"final": final, "careful": careful, "full": careful}, {}, "")


def test_characters_are_right_where_the_reference_has_them_whatever_the_script() -> None:
    judged = judge([decoded("北京楼市", hypothesis("北京樓是。"), hypothesis("北京都市"))], Scribe())
    assert judged.is_right.tolist() == [True, True, True, False] * 2
    assert judged.features[:, -1].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]


def test_broken_texts_teach_nothing() -> None:
    loop = hypothesis("你只能选择两个" * 4)
    judged = judge([decoded("你好", loop, loop), decoded("你好", hypothesis("你好"), loop)], Scribe())
    assert len(judged.is_right) == 4
