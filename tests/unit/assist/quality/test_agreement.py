"""Cohen's kappa over scores of the same calls."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sklearn.metrics import (  # pyright: ignore[reportMissingTypeStubs]
    cohen_kappa_score,  # pyright: ignore[reportUnknownVariableType]
)

from assist.quality.agreement import Pair, agreement_of, cohens_kappa
from assist.quality.review import Review
from tests.support.reviews import OTHER_QA, QA, after, called, opening, review_in, score_of


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weighting", ["none", "quadratic"])
def test_kappa_is_that_of_scikit_learn(seed: int, weighting: str) -> None:
    rng = random.Random(seed)
    one = [rng.randint(0, 5) for _ in range(60)]
    other = [value if rng.random() < 0.6 else rng.randint(0, 5) for value in one]
    pairs: list[Pair] = [(a / 5, b / 5) for a, b in zip(one, other, strict=True)]
    theirs = cohen_kappa_score(one, other, labels=list(range(6)), weights=None if weighting == "none" else "quadratic")
    ours = cohens_kappa(pairs, "none" if weighting == "none" else "quadratic")
    assert ours == pytest.approx(theirs)


def test_the_worked_example_of_the_textbooks() -> None:
    """Fleiss, Levin and Paik: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no."""
    pairs = [(1.0, 1.0)] * 20 + [(1.0, 0.0)] * 5 + [(0.0, 1.0)] * 10 + [(0.0, 0.0)] * 15
    assert cohens_kappa(pairs) == pytest.approx(0.4)
    assert cohens_kappa(pairs, "quadratic") == pytest.approx(0.4)


def test_kappa_is_unknown_where_everybody_always_says_the_same() -> None:
    assert cohens_kappa([(1, 1)] * 9) is None
    assert cohens_kappa([]) is None


def session(call_id: str, *scores: dict[str, Any]) -> Sequence[Review]:
    """Two reviewers' scores of one call."""
    log = called(call_id)
    for place, (actor, values) in enumerate(zip((QA, OTHER_QA), scores, strict=False)):
        log = after(log, opening(f"r-{place}", kind="calibration", reviewer=actor))
        log = after(log, score_of(log, actor, f"r-{place}", **values))
    return [review_in(log, f"r-{place}") for place in range(len(scores))]


def test_sessions_are_compared_by_item_and_over_all() -> None:
    report = agreement_of(
        [
            session("c1", {"greeting": 1, "solving": 5}, {"greeting": 1, "solving": 4}),
            session("c2", {"greeting": 0, "solving": 1}, {"greeting": 0, "solving": 1}),
            session("c3", {"greeting": 1, "solving": None}, {"greeting": 0, "solving": 2}),
            session("c4", {}),
        ]
    )
    items = {item.item_id: item for item in report.items}
    assert (report.sessions, report.pairs) == (3, 3)
    assert (items["greeting"].weighting, items["solving"].weighting) == ("none", "quadratic")
    assert items["greeting"].found.agreement == pytest.approx(2 / 3)
    assert items["greeting"].found.kappa == pytest.approx(0.4)
    assert items["solving"].found.ratings == 2
    assert items["pushing"].found.kappa is None
    assert items["pushing"].found.agreement == 1.0
    assert report.overall.ratings == 11
    assert report.mean_score_gap == 0.0


def test_without_sessions_there_is_nothing_to_compare() -> None:
    report = agreement_of([])
    assert (report.overall.kappa, report.overall.agreement, report.mean_score_gap) == (None, None, None)
