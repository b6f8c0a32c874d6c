"""Whether reviewers who score the same call, blind to each other, find the same: Cohen's kappa.

The libraries that have it (scikit-learn, statsmodels) are not what the service runs with; a test compares with
scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from assist.messages import ItemScore
from assist.quality.review import Review

Weighting = Literal["none", "quadratic"]
Level = float | None
"""A value's share of its scale; None: it does not apply."""
Pair = tuple[Level, Level]
"""What two reviewers made of the same thing."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two or more reviewers agree."""

    kappa: float | None
    """1: always; 0: as chance would; None: nothing to compare, or everybody always said the same."""
    agreement: float | None
    """Share of what they scored alike, 0 to 1; None: nothing to compare."""
    ratings: int
    """Pairs of values that were compared."""


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """Of one item of a scorecard."""

    item_id: str
    title: str
    scale: int
    weighting: Weighting
    found: Agreement


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Of the sessions of a scorecard."""

    sessions: int
    pairs: int
    """Of reviewers, over all sessions."""
    overall: Agreement
    """Over all items, weighted: a no against a yes counts in full, neighbours on a scale little."""
    mean_score_gap: float | None
    """Points of 100 between two scores of the same call."""
    items: tuple[ItemAgreement, ...]


def agreement_of(sessions: Iterable[Sequence[Review]]) -> AgreementReport:
    """From the scored reviews of each session; a session of fewer than two says nothing.

    Where several pairs of reviewers met, their kappas are averaged by the number of values they share (Light 1971).
    """
    told = [scored for one in sessions if len(scored := [review for review in one if review.score is not None]) > 1]
    by_item: dict[str, _Ratings] = {}
    everything = _Ratings()
    gaps: list[float] = []
    items: dict[str, ItemScore] = {}
    for session in told:
        for one, other in combinations(sorted(session, key=lambda review: review.reviewer_id or ""), 2):
            people = one.reviewer_id or "", other.reviewer_id or ""
            gaps.append(abs((one.score or 0.0) - (other.score or 0.0)))
            theirs = {item.item_id: item for item in other.items}
            for item in one.items:
                if item.item_id in theirs:
                    items[item.item_id] = item
                    pair = _level(item), _level(theirs[item.item_id])
                    by_item.setdefault(item.item_id, _Ratings()).add(people, pair)
                    everything.add(people, pair)
    return AgreementReport(
        sessions=len(told),
        pairs=len(gaps),
        overall=everything.agreement("quadratic"),
        mean_score_gap=sum(gaps) / len(gaps) if gaps else None,
        items=tuple(_of_item(items[item_id], ratings) for item_id, ratings in by_item.items()),
    )


def _of_item(item: ItemScore, ratings: _Ratings) -> ItemAgreement:
    weighting: Weighting = "none" if item.scale == 1 else "quadratic"
    return ItemAgreement(item.item_id, item.title, item.scale, weighting, ratings.agreement(weighting))


def _level(item: ItemScore) -> Level:
    return None if item.value is None else item.value / item.scale


class _Ratings:
    """Pairs of values by the two people they are of."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], list[Pair]] = {}

    def add(self, people: tuple[str, str], pair: Pair) -> None:
        self._pairs.setdefault(people, []).append(pair)

    def agreement(self, weighting: Weighting) -> Agreement:
        """A weighted comparison leaves out what does not apply: it has no place on the scale."""
        compared = [
            [pair for pair in pairs if weighting == "none" or None not in pair] for pairs in self._pairs.values()
        ]
        ratings = sum(map(len, compared))
        if not ratings:
            return Agreement(None, None, 0)
        alike = sum(one == other for pairs in compared for one, other in pairs)
        found = [(kappa, len(pairs)) for pairs in compared if (kappa := cohens_kappa(pairs, weighting)) is not None]
        shared = sum(number for _, number in found)
        kappa = sum(kappa * number for kappa, number in found) / shared if shared else None
        return Agreement(kappa, alike / ratings, ratings)


def cohens_kappa(pairs: Sequence[Pair], weighting: Weighting = "none") -> float | None:
    """1 - observed / expected disagreement (Cohen 1960, weighted 1968); None where none is to be expected."""
    if not pairs:
        return None
    ours, theirs = _shares(one for one, _ in pairs), _shares(other for _, other in pairs)
    observed = sum(_disagreement(one, other, weighting) for one, other in pairs) / len(pairs)
    expected = sum(ours[one] * theirs[other] * _disagreement(one, other, weighting) for one in ours for other in theirs)
    return None if expected == 0 else round(1 - observed / expected, 9)


def _shares(values: Iterable[Level]) -> Mapping[Level, float]:
    counted: dict[Level, int] = {}
    for value in values:
        counted[value] = counted.get(value, 0) + 1
    total = sum(counted.values())
    return {value: count / total for value, count in counted.items()}


def _disagreement(one: Level, other: Level, weighting: Weighting) -> float:
    if weighting == "none" or one is None or other is None:
        return float(one != other)
    return (one - other) ** 2
