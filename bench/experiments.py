"""Whether experiments tell the truth: calls with a known lift, judged as a service judges them, many times over.

Each simulated experiment goes through ``assist.experiments.review.harm`` and the intervals of the report, once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from assist.experiments.intervals import Interval, Rate, lasting_interval, lift_interval
from assist.experiments.report import verdict_on
from assist.experiments.review import GUARD, harm
from assist.playbook.experiments import Measure
from bench.many_experiments import simulate_many

HOLD_OUT = 0.1
DAYS = 56
"""How long each experiment is watched."""
SOLD_SHARE, COMPLAINED_SHARE = 0.10, 0.03
"""Of the calls that are held out."""
LIFTS = (-0.05, -0.02, 0.0, 0.02, 0.05)
CALLS_PER_DAY = (50, 200, 1_000)

Day = tuple[Rate, Rate]
"""What was shown and what was held out, from the first day to this one."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulated hotline is like."""

    calls_per_day: int
    lift: float
    """Of the share of calls in which something is sold."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of many experiments with the same truth; shares of the experiments, 0 to 1."""

    calls_per_day: int
    lift: float
    fixed_covers: float
    """The fixed interval held the true lift on the last day."""
    fixed_peeked_misses: float
    """It did not at the end of some week: what whoever looks every week is misled by."""
    lasting_covers: float
    """The lasting interval held the true lift on every single day on which anything was said."""
    helps: float
    """Found by the last day to help."""
    muted: float
    """Muted by the last day."""
    muted_per_week: float
    """Mean share of the experiments not muted yet that a week mutes."""
    muted_after_days: float | None
    """Median day of those that were."""


def simulate(*, experiments: int = 1_000, progress: Callable[[str], None] = lambda _: None) -> Sequence[Row]:
    """One row for each truth."""
    rows: list[Row] = []
    for calls_per_day in CALLS_PER_DAY:
        for lift in LIFTS:
            progress(f"{calls_per_day} calls a day, lift {lift:+.0%}")
            rows.append(_row(Truth(calls_per_day, lift), experiments, np.random.default_rng(len(rows))))
    return rows


def report(*, experiments: int, progress: Callable[[str], None] = lambda _: None) -> Mapping[str, object]:
    """Everything as plain values."""
    rows = [asdict(row) for row in simulate(experiments=experiments, progress=progress)]
    many = [asdict(row) for row in simulate_many(playbooks=max(10, experiments // 3), progress=progress)]
    return {"experiments": experiments, "days": DAYS, "hold_out": HOLD_OUT, "rows": rows, "together": many}


def _row(truth: Truth, experiments: int, random: np.random.Generator) -> Row:
    fixed, peeked, lasting, helps, muted_on = 0, 0, 0, 0, list[int]()
    for _ in range(experiments):
        sold = list(_days(truth.calls_per_day, SOLD_SHARE, truth.lift, random))
        complained = list(_days(truth.calls_per_day, COMPLAINED_SHARE, 0.0, random))
        held = [_holds(lift_interval, day, truth.lift) for day in sold[6::7]]
        fixed += held[-1]
        peeked += not all(held)
        lasting += all(_holds(lasting_interval, day, truth.lift) for day in sold if _is_told(day))
        helps += any(verdict_on("sold", *day) == "helps" for day in sold)
        muted_on += _muted_on(sold, complained)
    weekly = _weekly_hazard(muted_on, experiments)
    return Row(
        calls_per_day=truth.calls_per_day,
        lift=truth.lift,
        fixed_covers=fixed / experiments,
        fixed_peeked_misses=peeked / experiments,
        lasting_covers=lasting / experiments,
        helps=helps / experiments,
        muted=len(muted_on) / experiments,
        muted_per_week=weekly,
        muted_after_days=float(np.median(muted_on)) if muted_on else None,
    )


def _days(calls_per_day: int, share: float, lift: float, random: np.random.Generator) -> Iterator[Day]:
    held: npt.NDArray[np.int64] = random.binomial(calls_per_day, HOLD_OUT, DAYS)
    held_hits = random.binomial(held, share)
    shown_hits = random.binomial(calls_per_day - held, share + lift)
    sums = (np.cumsum(calls_per_day - held), np.cumsum(shown_hits), np.cumsum(held), np.cumsum(held_hits))
    for shown, hits, without, hits_without in zip(*(one.tolist() for one in sums), strict=True):
        yield Rate(shown, hits), Rate(without, hits_without)


def _holds(interval: Callable[[Rate, Rate], Interval | None], day: Day, lift: float) -> bool:
    found = interval(*day)
    return found is None or found.low <= lift <= found.high


def _is_told(day: Day) -> bool:
    """Whether anything is said of it yet."""
    return verdict_on("sold", *day) != "too-early"


def _muted_on(sold: Sequence[Day], complained: Sequence[Day]) -> list[int]:
    """The day on which a service mutes the prompt, counted from 1; empty: it does not."""
    for day, (by_goal, by_guard) in enumerate(zip(sold, complained, strict=True), start=1):
        shown: dict[Measure, Rate] = {"sold": by_goal[0], GUARD: by_guard[0]}
        held_out: dict[Measure, Rate] = {"sold": by_goal[1], GUARD: by_guard[1]}
        if harm("sold", shown, held_out) is not None:
            return [day]
    return []


def _weekly_hazard(muted_on: Sequence[int], experiments: int) -> float:
    left, shares = experiments, list[float]()
    for week in range(DAYS // 7):
        gone = sum(week * 7 < day <= week * 7 + 7 for day in muted_on)
        shares.append(gone / left if left else 0.0)
        left -= gone
    return float(np.mean(shares))
