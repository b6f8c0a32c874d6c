"""What a report says of claims and truths."""

from __future__ import annotations

import json

import pytest

from nlp.evaluation.scores import Mark
from nlp.evaluation.tasks import Claim, report_labels, report_spans

TRUE = [("refuse", "price_objection"), ("agree",), ("agree",), ("thank",)]
FOUND = [
    Claim("price_objection", 0.9, ("price_objection", "refuse")),
    Claim("agree", 0.8, ("agree",)),
    Claim("thank", 0.4, ("thank",), is_sure=False),
    Claim("thank", 0.7, ("thank",)),
]


def test_the_first_label_counts_against_the_first_true_one_and_against_any() -> None:
    report = report_labels("intent", TRUE, FOUND)
    assert (report.items, report.accuracy, report.any_accuracy) == (4, 0.5, 0.75)
    assert report.any_micro_f1 == pytest.approx(0.8)
    assert report.per_class["agree"].recall == 0.5
    assert report.macro_f1 == pytest.approx((0 + 2 / 3 + 2 / 3) / 3)


def test_what_is_not_sure_is_counted_apart() -> None:
    report = report_labels("intent", TRUE, FOUND)
    assert report.sure_share == 0.75
    assert report.sure_accuracy == pytest.approx(2 / 3)


def test_confusions_are_mistakes_most_frequent_first() -> None:
    report = report_labels("intent", [*TRUE, ("agree",)], [*FOUND, FOUND[2]])
    assert report.confusions == (("agree", "thank", 2), ("refuse", "price_objection", 1))
    assert report.confusion["agree"] == {"agree": 1, "thank": 2}


def test_an_entity_needs_its_label_and_both_ends() -> None:
    true: list[list[Mark]] = [[("amount", 0, 2), ("date", 4, 6)], [], [("plan", 0, 3)]]
    found: list[list[Mark]] = [[("amount", 0, 2), ("period", 4, 6)], [("count", 1, 2)], [("plan", 0, 2)]]
    report = report_spans(true, found, [[0.9, 0.5], [0.2], [0.8]])
    assert report.accuracy == pytest.approx(2 / 7)
    assert report.any_accuracy == 0.0
    assert report.confusion == {
        "-": {"count": 1, "plan": 1},
        "amount": {"amount": 1},
        "date": {"period": 1},
        "plan": {"-": 1},
    }
    assert 0 < report.calibration_error < 1


def test_figures_are_plain_json() -> None:
    figures = report_labels("intent", TRUE, FOUND, groups=[1, 1, 2, 2]).figures()
    assert json.loads(json.dumps(figures)) == figures
    assert figures["abstained_share"] == 0.25
    assert figures["accuracy_interval"][0] <= figures["accuracy"] <= figures["accuracy_interval"][1]
