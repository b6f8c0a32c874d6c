"""What a prompt brought in and what it cost: in the calls that got it, against calls that it was held out of."""

from __future__ import annotations

from dataclasses import dataclass

from assist.experiments.cohort import Cohort
from assist.experiments.intervals import Interval, mean_interval
from assist.playbook.experiments import Measure
from assist.playbook.offers.catalogue import Price


@dataclass(frozen=True, slots=True)
class Worth:
    """Over all calls that got the prompt; None of what cannot be told."""

    gained: Interval | None
    """How many times more they came to the goal."""
    value: Interval | None
    """Of that, at the price of the offer; None: the goal is no sale, or there is no price."""
    handling_ms: Interval | None
    """How much more of agents' time they took, with the fixed interval; less than 0: it was saved."""


def worth_of(goal: Measure, lift: Interval | None, shown: Cohort, held_out: Cohort, price: Price | None) -> Worth:
    """Of a prompt; ``lift``: of the goal, shown against held out, with the interval that is wanted."""
    gained = lift and _times(lift, shown.rate(goal).calls)
    longer = mean_interval(shown.handling, held_out.handling)
    return Worth(
        gained=gained,
        value=_times(gained, price.amount) if gained and price and goal == "sold" else None,
        handling_ms=longer and _times(longer, len(shown)),
    )


def _times(one: Interval, factor: float) -> Interval:
    return Interval(one.estimate * factor, one.low * factor, one.high * factor)
