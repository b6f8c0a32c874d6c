"""Whether something grows."""

from __future__ import annotations

import math

import pytest

from bench.trend import Trend, trend


def test_slope_of_a_straight_line_is_exact_and_certain() -> None:
    found = trend([(float(x), 3.0 * x + 7) for x in range(10)])
    assert found.slope == pytest.approx(3.0)
    assert found.standard_error == pytest.approx(0.0, abs=1e-9)


def test_scattered_samples_give_an_uncertain_slope() -> None:
    found = trend([(0, 100), (1, 900), (2, 200), (3, 800), (4, 300)])
    assert found.least < 0 < found.slope


@pytest.mark.parametrize("points", [[], [(1.0, 5.0)], [(1.0, 5.0), (1.0, 6.0), (1.0, 7.0)]])
def test_too_little_to_tell_is_no_growth(points: list[tuple[float, float]]) -> None:
    assert trend(points) == Trend(0.0, math.inf)


def test_two_samples_have_a_slope_that_proves_nothing() -> None:
    assert trend([(0, 1), (2, 5)]) == Trend(2.0, math.inf)
