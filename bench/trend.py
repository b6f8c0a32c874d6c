"""Whether something grows over time: a straight line through samples, by least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope of the line and how far it can be trusted, both in units of y per unit of x."""

    slope: float
    standard_error: float
    """Infinite with fewer than three samples or all of them at one time."""

    @property
    def least(self) -> float:
        """The slope is hardly less than this (two standard errors): above a bound, the growth is no accident."""
        return self.slope - 2 * self.standard_error


def trend(points: Sequence[tuple[float, float]]) -> Trend:
    """Of (x, y) samples in any order."""
    n = len(points)
    if n < 2:
        return Trend(0.0, math.inf)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if spread == 0:
        return Trend(0.0, math.inf)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    if n < 3:
        return Trend(slope, math.inf)
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return Trend(slope, math.sqrt(rest / (n - 2) / spread))
