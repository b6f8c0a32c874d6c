"""Precision, recall, F1, calibration, and how far chance moves them; pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mark = tuple[str, int, int]
"""A label and the characters [from, to) that it is of; 0 and 0 where it is of the whole text."""
Interval = tuple[float, float]
"""Where a figure lies in 95 of 100 draws."""

RESAMPLES = 1_000
CALIBRATION_BINS = 10

_HITS, _CLAIMS, _TRUTHS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Of one label, 0 to 1."""

    precision: float
    recall: float
    f1: float
    support: int
    """How often it is true."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each label was found rightly, claimed and true, item by item."""

    labels: tuple[str, ...]
    counts: NDArray[np.int32]
    """(items, labels, 3): hits, claims, truths."""

    @property
    def per_class(self) -> dict[str, ClassScore]:
        """Per label that is true or claimed anywhere."""
        return {
            label: _score(*(int(count) for count in counts))
            for label, counts in zip(self.labels, self.counts.sum(axis=0), strict=True)
        }

    @property
    def overall(self) -> ClassScore:
        """All labels together: micro averages."""
        return _score(*(int(count) for count in self.counts.sum(axis=(0, 1))))

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels that are true anywhere; 0 for none."""
        return _macro_f1(self.counts.sum(axis=0))

    def intervals(self, groups: Sequence[Hashable]) -> tuple[Interval, Interval]:
        """Of micro and macro F1 over items like these: percentile bootstrap over groups of items that belong together.

        ``groups`` names the group of each item. The seed is fixed.
        """
        places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
        if not places:
            return (0.0, 0.0), (0.0, 0.0)
        by_group = np.zeros((len(places), self.counts[0].size), np.float32)
        np.add.at(by_group, [places[group] for group in groups], self.counts.reshape(len(self.counts), -1))
        generator = np.random.default_rng(0)
        figures = np.zeros((RESAMPLES, 2))
        for draw in range(RESAMPLES):
            chosen = generator.integers(len(places), size=len(places))
            times = np.bincount(chosen, minlength=len(places)).astype(np.float32)
            counts = (times @ by_group).reshape(len(self.labels), 3)
            figures[draw] = float(_f1(counts.sum(axis=0))), _macro_f1(counts)
        return _interval(figures[:, 0]), _interval(figures[:, 1])


def tally(true: Sequence[Collection[Mark]], found: Sequence[Collection[Mark]]) -> Tally:
    """A mark is a hit if its label and both its ends are right."""
    labels = tuple(sorted({label for marks in (*true, *found) for label, _, _ in marks}))
    places = {label: place for place, label in enumerate(labels)}
    counts = np.zeros((len(true), len(labels), 3), np.int32)
    for item, (wanted, given) in enumerate(zip(true, found, strict=True)):
        truths, claims = set(wanted), set(given)
        for kind, marks in ((_HITS, truths & claims), (_CLAIMS, claims), (_TRUTHS, truths)):
            for label, _, _ in marks:
                counts[item, places[label], kind] += 1
    return Tally(labels, counts)


def of_text(labels: Collection[str]) -> list[Mark]:
    """Labels of a whole text as marks."""
    return [(label, 0, 0) for label in labels]


def binary_score(true: Sequence[bool], found: Sequence[bool]) -> ClassScore:
    """Of one thing against everything else."""
    hits = sum(wanted and given for wanted, given in zip(true, found, strict=True))
    return _score(hits, sum(found), sum(true))


def calibration_error(
    confidences: NDArray[np.float64], is_right: NDArray[np.bool_], bins: int = CALIBRATION_BINS
) -> float:
    """Expected calibration error: mean distance of confidence from accuracy over bins of equal width."""
    if confidences.size == 0:
        return 0.0
    places = np.minimum((confidences * bins).astype(int), bins - 1)

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(places, weights=values, minlength=bins).astype(np.float64)

    return float(np.abs(added(confidences) - added(is_right.astype(np.float64))).sum() / confidences.size)


def mean(values: Sequence[bool]) -> float:
    """The share that is true; 0 for none."""
    return sum(values) / len(values) if values else 0.0


def _score(hits: int, claims: int, truths: int) -> ClassScore:
    precision = hits / claims if claims else 0.0
    recall = hits / truths if truths else 0.0
    return ClassScore(precision, recall, float(_f1(np.array([hits, claims, truths]))), truths)


def _f1(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """(…, 3) in, (…) out; 0 where nothing was claimed or true."""
    counts = counts.astype(np.float64)
    return 2 * counts[..., _HITS] / np.maximum(1, counts[..., _CLAIMS] + counts[..., _TRUTHS])


def _macro_f1(counts: NDArray[np.number]) -> float:
    """(labels, 3)"""
    known = counts[counts[:, _TRUTHS] > 0]
    return float(_f1(known).mean()) if len(known) else 0.0


def _interval(samples: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(samples, [2.5, 97.5])
    return float(low), float(high)
