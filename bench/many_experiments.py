"""Whether a playbook whose prompts are all held out tells the truth: sixty of them, judged together every week.

Each simulated playbook goes through ``assist.experiments.review.harm``, with the level for all prompts and with that of
a single one, as often as it would be misled by judging each as if it were alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assist.experiments.family import joint_level
from assist.experiments.intervals import Rate
from assist.experiments.review import GUARD, harm, harm_evidence
from assist.playbook.experiments import Measure

PROMPTS, HARMFUL = 60, 6
"""Of a playbook, and how many of these do harm."""
HOLD_OUT = 0.05
WEEKS = 26
SOLD_SHARE, LIFT, COMPLAINED_SHARE = 0.30, -0.05, 0.03
"""Of the calls that are held out, and what a harmful prompt adds to the first."""
CALLS_PER_WEEK = (200, 1_000, 4_000)
"""In which each prompt comes up."""

Sides = tuple[Rate, Rate]
"""What was shown and what was held out, from the first week to this one."""


@dataclass(frozen=True, slots=True)
class ManyRow:
    """What became of many playbooks; shares, 0 to 1."""

    calls_per_week: int
    judged: str
    """"alone": each prompt as if there were no other; "together": at the level for all of them."""
    playbooks_misled: float
    """In which any harmless prompt was muted."""
    false_mutes: float
    """Of the prompts that were muted, those that do no harm; 0 where none was."""
    harmful_muted: float
    """Of the prompts that do harm."""
    muted_after_weeks: float | None
    """Median of these."""


@dataclass(slots=True)
class _Muted:
    """Prompts of one playbook, by their number, and the week."""

    alone: dict[int, int] = field(default_factory=dict[int, int])
    together: dict[int, int] = field(default_factory=dict[int, int])


def simulate_many(*, playbooks: int = 100, progress: Callable[[str], None] = lambda _: None) -> Sequence[ManyRow]:
    """Two rows for each number of calls."""
    rows: list[ManyRow] = []
    for calls_per_week in CALLS_PER_WEEK:
        progress(f"{PROMPTS} prompts together, {calls_per_week} calls a week")
        random = np.random.default_rng(calls_per_week)
        muted = [_watch(calls_per_week, random) for _ in range(playbooks)]
        rows.append(_row(calls_per_week, "alone", [one.alone for one in muted]))
        rows.append(_row(calls_per_week, "together", [one.together for one in muted]))
    return rows


def _watch(calls_per_week: int, random: np.random.Generator) -> _Muted:
    """One playbook over its weeks; what was muted keeps the figures that it was muted by."""
    lifts = [LIFT if number < HARMFUL else 0.0 for number in range(PROMPTS)]
    sold = [_weeks(calls_per_week, SOLD_SHARE, lift, random) for lift in lifts]
    complained = [_weeks(calls_per_week, COMPLAINED_SHARE, 0.0, random) for _ in lifts]
    muted = _Muted()
    for week in range(WEEKS):
        last = [min(week, muted.together.get(number, WEEKS) - 1) for number in range(PROMPTS)]
        figures = [_figures(sold[number][at], complained[number][at]) for number, at in enumerate(last)]
        level = joint_level([one for shown, held_out in figures for one in harm_evidence("sold", shown, held_out)])
        for number in range(PROMPTS):
            now = _figures(sold[number][week], complained[number][week])
            if number not in muted.alone and harm("sold", *now) is not None:
                muted.alone[number] = week + 1
            if number not in muted.together and harm("sold", *now, level=level) is not None:
                muted.together[number] = week + 1
    return muted


def _figures(sold: Sides, complained: Sides) -> tuple[dict[Measure, Rate], dict[Measure, Rate]]:
    return {"sold": sold[0], GUARD: complained[0]}, {"sold": sold[1], GUARD: complained[1]}


def _weeks(calls_per_week: int, share: float, lift: float, random: np.random.Generator) -> list[Sides]:
    held: npt.NDArray[np.int64] = random.binomial(calls_per_week, HOLD_OUT, WEEKS)
    held_hits, hits = random.binomial(held, share), random.binomial(calls_per_week - held, share + lift)
    sums = (np.cumsum(calls_per_week - held), np.cumsum(hits), np.cumsum(held), np.cumsum(held_hits))
    sides = zip(*(one.tolist() for one in sums), strict=True)
    return [(Rate(shown, found), Rate(without, found_without)) for shown, found, without, found_without in sides]


def _row(calls_per_week: int, judged: str, muted: Sequence[dict[int, int]]) -> ManyRow:
    wrong = [sum(number >= HARMFUL for number in one) for one in muted]
    weeks = [week for one in muted for number, week in one.items() if number < HARMFUL]
    return ManyRow(
        calls_per_week=calls_per_week,
        judged=judged,
        playbooks_misled=sum(one > 0 for one in wrong) / len(muted),
        false_mutes=float(np.mean([count / len(one) if one else 0.0 for count, one in zip(wrong, muted, strict=True)])),
        harmful_muted=len(weeks) / (HARMFUL * len(muted)),
        muted_after_weeks=float(np.median(weeks)) if weeks else None,
    )
