"""Shares, their differences, and how sure one may be of them; the only module of the core that imports scipy.

Two kinds of intervals. The *fixed* one covers the truth in 95 of 100 experiments if it is looked at once, at a time
that was chosen beforehand. Whoever looks every day and stops when it pleases will be misled by it far more often. The
*lasting* one is wider and covers the truth at all times at once, in 95 of 100 experiments: look as often as you like.
Livecue decides by the lasting one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

LEVEL = 0.95
PLAUSIBLE_LIFT = 0.05
"""Standard deviation of the mixture: the lasting interval is narrowest for lifts of about this size."""
MAX_EXPONENT = 700.0
"""What a float still holds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the calls had it."""

    calls: int
    hits: int

    @property
    def share(self) -> float | None:
        """0 to 1; None without calls."""
        return self.hits / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the bounds of what is plausible, both included."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured values in short."""

    n: int
    mean: float
    variance: float
    """Of the values, with n - 1."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        n = len(values)
        mean = math.fsum(values) / n if n else 0.0
        squares = math.fsum((value - mean) ** 2 for value in values)
        return cls(n, mean, squares / (n - 1) if n > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Sums:
    """Two values of each call, summed up."""

    n: int
    top: float
    bottom: float
    top_squared: float
    product: float
    """Of both, summed."""
    bottom_squared: float

    @classmethod
    def of_values(cls, n: int, total: float, squared: float) -> Sums:
        """Of one value a call: the ratio is its mean."""
        return cls(n, total, n, squared, total, n)


def share_interval(rate: Rate, level: float = LEVEL) -> Interval | None:
    """A share and its interval (Wilson 1927); None without calls."""
    if rate.calls == 0:
        return None
    return wilson_interval(rate.hits / rate.calls, rate.calls, level)


def wilson_interval(share: float, n: float, level: float = LEVEL) -> Interval:
    """A share and its interval (Wilson 1927); ``n``: of how many, of a weighted sample its effective size."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach)))


def lift_interval(rate: Rate, against: Rate, level: float = LEVEL) -> Interval | None:
    """The difference of two shares and its fixed interval (Newcombe 1998, method 10); None where one has no calls."""
    one, other = share_interval(rate, level), share_interval(against, level)
    if one is None or other is None:
        return None
    lift = one.estimate - other.estimate
    below = math.hypot(one.estimate - one.low, other.high - other.estimate)
    above = math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Interval(lift, lift - below, lift + above)


def lasting_interval(rate: Rate, against: Rate, level: float = LEVEL) -> Interval | None:
    """The difference of two shares and an interval that holds however often it is looked at; None without calls.

    The mixture sequential probability ratio test (Robbins 1970; Johari, Pekelis and Walsh 2015) turned into bounds.
    Each side has the variance of its own share or of both together, whichever is larger: a small side without a hit
    seems surer of itself than it can be. The approximation by the normal distribution wants some hits and misses.
    """
    found = _difference(rate, against)
    if found is None:
        return None
    lift, variance = found
    mixture = PLAUSIBLE_LIFT**2
    growth = math.log(1 / (1 - level)) + math.log(1 + mixture / variance) / 2
    reach = math.sqrt(2 * variance * (variance + mixture) / mixture * growth)
    return Interval(lift, max(-1.0, lift - reach), min(1.0, lift + reach))


def evidence_of(rate: Rate, against: Rate) -> float:
    """How much likelier what came is with some difference than with none: the ratio of that test, an e-value.

    1 / (1 - level) or more exactly where the lasting interval of that level does not hold 0; 0 without calls.
    """
    found = _difference(rate, against)
    if found is None:
        return 0.0
    lift, variance = found
    mixture = PLAUSIBLE_LIFT**2
    exponent = lift**2 * mixture / (2 * variance * (variance + mixture))
    return math.exp(min(exponent, MAX_EXPONENT)) * math.sqrt(variance / (variance + mixture))


def mean_interval(sample: Sample, against: Sample, level: float = LEVEL) -> Interval | None:
    """The difference of two means and its fixed interval (Welch 1947); None where it cannot be told."""
    if min(sample.n, against.n) < 2 or sample.variance + against.variance == 0:
        return None
    one, other = sample.variance / sample.n, against.variance / against.n
    freedom = (one + other) ** 2 / (one**2 / (sample.n - 1) + other**2 / (against.n - 1))
    reach = float(scipy_stats().t.ppf((1 + level) / 2, freedom)) * math.sqrt(one + other)
    difference = sample.mean - against.mean
    return Interval(difference, difference - reach, difference + reach)


def ratio_interval(sums: Sums, level: float = LEVEL) -> Interval | None:
    """The ratio of two sums over calls and its fixed interval, linearised (Cochran 1977, ch. 6); None where the lower
    sum is zero. Of a single call the bounds are the estimate's own.
    """
    if sums.n == 0 or sums.bottom <= 0:
        return None
    ratio = sums.top / sums.bottom
    if sums.n == 1:
        return Interval(ratio, ratio, ratio)
    spread = sums.top_squared - 2 * ratio * sums.product + ratio**2 * sums.bottom_squared
    variance = max(0.0, spread) * sums.n / (sums.n - 1) / sums.bottom**2
    reach = float(scipy_stats().t.ppf((1 + level) / 2, sums.n - 1)) * math.sqrt(variance)
    return Interval(ratio, ratio - reach, ratio + reach)


def calls_needed(share: float, lift: float, hold_out: float, *, power: float = 0.8, level: float = LEVEL) -> int:
    """About how many calls tell such a lift from none, looked at once at the end, with this power."""
    normal = NormalDist()
    reach = normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(power)
    lifted = min(1.0, max(0.0, share + lift))
    spread = lifted * (1 - lifted) / (1 - hold_out) + share * (1 - share) / hold_out
    return math.ceil((reach / lift) ** 2 * spread)


def _difference(rate: Rate, against: Rate) -> tuple[float, float] | None:
    """Of two shares, and the variance that it has; None without calls."""
    if rate.calls == 0 or against.calls == 0:
        return None
    both = _spread(Rate(rate.calls + against.calls, rate.hits + against.hits))
    variance = max(_spread(rate), both) / rate.calls + max(_spread(against), both) / against.calls
    return rate.hits / rate.calls - against.hits / against.calls, variance


def _spread(rate: Rate) -> float:
    """Variance of one call, its share a little drawn to the middle so that none is zero."""
    share = (rate.hits + 1) / (rate.calls + 2)
    return share * (1 - share)


def scipy_stats() -> Any:
    """Imported when figures are wanted: a service without experiments never pays for it."""
    from scipy import stats

    return stats
