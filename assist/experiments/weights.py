"""How variants share the calls that come, by what they did so far (Thompson 1933)."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from assist.experiments.intervals import Rate

LEAST_SHARE = 0.1
"""What every variant keeps, so that a bad start can be made good."""
DRAWS = 4_000
STEP = 0.01
"""Shares are told to this."""


def thompson_shares(rates: Mapping[str, Rate], *, more_is_better: bool = True) -> dict[str, float]:
    """The share of each variant: how likely it is the best one, but never less than the least share.

    Each variant's true share has the distribution Beta(1 + hits, 1 + misses). The same rates always give the same.
    """
    least = min(LEAST_SHARE, 1 / (2 * len(rates)))
    random, wins = Random(0), dict.fromkeys(rates, 0)
    choose = max if more_is_better else min
    for _ in range(DRAWS):
        drawn = {name: random.betavariate(1 + rate.hits, 1 + rate.calls - rate.hits) for name, rate in rates.items()}
        wins[choose(drawn, key=drawn.__getitem__)] += 1
    free = 1 - least * len(rates)
    shares = {name: round((least + free * won / DRAWS) / STEP) * STEP for name, won in wins.items()}
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}
