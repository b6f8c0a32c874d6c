"""Sums over calls turned into the figures of a report, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assist.experiments.intervals import Interval, Rate, Sums, ratio_interval, share_interval, wilson_interval

Sum = Mapping[str, float]
"""What is summed over the calls of a row, by name; a name that is absent is 0."""

SHARES: Mapping[str, tuple[str, str, str]] = {
    "breach_share": ("breach", "calls", "breach_untold"),
    "at_risk_share": ("at_risk", "calls", "at_risk_untold"),
    "repeat_share": ("repeat", "repeat_known", ""),
    "called_again_share": ("called_again", "called_again_known", ""),
    "angry_share": ("angry", "felt", ""),
    "disappointed_share": ("disappointed", "felt", ""),
    "anxious_share": ("anxious", "felt", ""),
    "ends_unhappy_share": ("ends_unhappy", "felt", ""),
}
"""Calls that have it, of which calls, less those of which it cannot be told."""

MEANS: Mapping[str, str] = {
    "flags_per_call": "calls",
    "handling_s": "calls",
    "agent_speed": "agent_speed_calls",
    "customer_speed": "customer_speed_calls",
}
"""Of how many calls a value is the mean."""

WEIGHTED: Mapping[str, tuple[str, str]] = {
    "confirmed_share": ("audited", "confirmed"),
    "precision": ("judged", "right"),
}
"""Of what is weighted the name, and of the part that has it: "audited_weight", "audited_weight_squared"."""

COUNTS: Sequence[str] = ("calls", "abstained", "audited")
TIMES: Sequence[str] = ("silence_share", "overtalk_share")
"""Seconds of all seconds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; without calls it has no value."""

    value: float | None
    low: float | None = None
    """Bounds of the 95 % interval; None where a figure has none."""
    high: float | None = None
    calls: int = 0
    """Of how many calls it tells."""


def cell_of(field_id: str, summed: Sum, total: Sum) -> Cell:
    """A figure of a row; ``total``: of the whole report."""
    calls = int(summed.get("calls", 0))
    if field_id in COUNTS:
        return Cell(summed.get(field_id, 0), calls=calls)
    if field_id in WEIGHTED:
        return _weighted(summed, *WEIGHTED[field_id])
    if field_id == "audited_score":
        return _score(summed)
    if field_id == "calls_share":
        return _share(calls, int(total.get("calls", 0)))
    if field_id in SHARES:
        hits, of, untold = SHARES[field_id]
        return _share(int(summed.get(hits, 0)), int(summed.get(of, 0) - summed.get(untold, 0)))
    if field_id in MEANS:
        n = int(summed.get(MEANS[field_id], 0))
        sums = Sums.of_values(n, summed.get(field_id, 0), summed.get(f"{field_id}_squared", 0))
        return _cell(ratio_interval(sums), n)
    seconds = Sums(
        calls,
        summed.get(field_id, 0),
        summed.get("handling_s", 0),
        summed.get(f"{field_id}_squared", 0),
        summed.get(f"{field_id}_handling", 0),
        summed.get("handling_s_squared", 0),
    )
    return _cell(ratio_interval(seconds), calls)


def _weighted(summed: Sum, whole: str, part: str) -> Cell:
    """A share of a sample whose parts were drawn with different chances (Hájek 1971; effective size: Kish 1965)."""
    n = int(summed.get(whole, 0))
    weight, squared = summed.get(f"{whole}_weight", 0), summed.get(f"{whole}_weight_squared", 0)
    if n == 0 or squared <= 0:
        return Cell(None)
    share = min(1.0, summed.get(f"{part}_weight", 0) / weight)
    return _cell(wilson_interval(share, weight**2 / squared), n)


def _score(summed: Sum) -> Cell:
    sums = Sums(
        int(summed.get("audited", 0)),
        summed.get("score_weight", 0),
        summed.get("audited_weight", 0),
        summed.get("score_weight_squared", 0),
        summed.get("score_weight_weight", 0),
        summed.get("audited_weight_squared", 0),
    )
    return _cell(ratio_interval(sums), sums.n)


def _share(hits: int, calls: int) -> Cell:
    return _cell(share_interval(Rate(calls, hits)), calls)


def _cell(interval: Interval | None, calls: int) -> Cell:
    """No figure of a report can be below zero."""
    if interval is None:
        return Cell(None, calls=calls)
    return Cell(interval.estimate, max(0.0, interval.low), interval.high, calls)
