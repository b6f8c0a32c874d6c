"""Counting what was found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.evaluation.scores import ClassScore, Mark, binary_score, calibration_error, of_text, tally

LABELS = st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(of_text)
ITEMS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=20)


def test_precision_and_recall_are_counted_per_label() -> None:
    true = [of_text("a"), of_text("a"), of_text("b"), of_text("b")]
    found = [of_text("a"), of_text("b"), of_text("b"), of_text("b")]
    counts = tally(true, found)
    assert counts.per_class == {
        "a": ClassScore(precision=1.0, recall=0.5, f1=2 / 3, support=2),
        "b": ClassScore(precision=2 / 3, recall=1.0, f1=0.8, support=2),
    }
    assert counts.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert counts.overall.f1 == 0.75


def test_a_label_that_is_never_true_lowers_no_mean_but_costs_precision() -> None:
    counts = tally([of_text("a")], [of_text("z")])
    assert counts.per_class["z"] == ClassScore(0.0, 0.0, 0.0, 0)
    assert counts.macro_f1 == 0.0
    assert tally([of_text("a"), []], [of_text("a"), of_text("z")]).macro_f1 == 1.0


def test_a_span_with_another_end_is_no_hit() -> None:
    true: list[list[Mark]] = [[("amount", 0, 3)]]
    assert tally(true, [[("amount", 0, 3)]]).overall.f1 == 1.0
    assert tally(true, [[("amount", 0, 2)]]).overall.f1 == 0.0
    assert tally(true, [[("date", 0, 3)]]).overall.f1 == 0.0


def test_nothing_at_all_scores_zero() -> None:
    counts = tally([[], []], [[], []])
    assert (counts.macro_f1, counts.overall.f1) == (0.0, 0.0)
    assert tally([], []).intervals([]) == ((0.0, 0.0), (0.0, 0.0))


@given(ITEMS)
def test_figures_lie_between_zero_and_one_and_right_answers_score_one(
    items: list[tuple[list[Mark], list[Mark]]],
) -> None:
    true, found = [list(wanted) for wanted, _ in items], [list(given) for _, given in items]
    counts = tally(true, found)
    assert 0 <= counts.macro_f1 <= 1
    assert sum(score.support for score in counts.per_class.values()) == sum(map(len, true))
    if any(true):
        assert tally(true, true).macro_f1 == 1.0


def test_interval_holds_the_figure_and_is_the_same_each_time() -> None:
    true = [of_text("ab"[place % 2]) for place in range(60)]
    found = [of_text("ab"[place % 2 if place % 5 else 0]) for place in range(60)]
    counts = tally(true, found)
    micro, macro = counts.intervals(range(60))
    assert micro[0] < counts.overall.f1 < micro[1]
    assert macro[0] < counts.macro_f1 < macro[1]
    assert counts.intervals(range(60)) == (micro, macro)


def test_items_of_one_group_are_drawn_together_which_widens_the_interval() -> None:
    true = [of_text("a") for _ in range(60)]
    found = [of_text("a" if place < 40 else "b") for place in range(60)]
    counts = tally(true, found)
    (low, high), _ = counts.intervals(range(60))
    (group_low, group_high), _ = counts.intervals([place // 20 for place in range(60)])
    assert group_high - group_low > high - low


def test_one_thing_against_the_rest() -> None:
    assert binary_score([True, True, False], [True, False, True]) == ClassScore(0.5, 0.5, 0.5, 2)


def test_calibration_error_is_the_distance_of_confidence_from_accuracy() -> None:
    is_right = np.array([True, True, True, False])
    assert calibration_error(np.full(4, 0.75), is_right) == pytest.approx(0.0)
    assert calibration_error(np.full(4, 1.0), is_right) == pytest.approx(0.25)
    assert calibration_error(np.array([]), np.array([], bool)) == 0.0


def test_too_sure_and_not_sure_enough_do_not_cancel_out() -> None:
    confidences = np.array([0.95, 0.95, 0.05, 0.05])
    assert calibration_error(confidences, np.array([False, False, True, True])) == pytest.approx(0.95)
