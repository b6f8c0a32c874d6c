"""Draws: the riskiest for certain, the rest by lot, and rates that are not bent by it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from assist.quality.draw import Candidate, Plan, bounds_of, drawn, review_id_of

CALLS = [Candidate(f"c{number}", risk) for number, risk in enumerate([90, 0, 10, 90, 0, 40, 0, 0, 0, 0])]


def test_the_riskiest_are_taken_for_certain_and_the_others_with_a_known_probability() -> None:
    taken = drawn(CALLS, Plan(risk_calls=3, random_calls=2, seed="s"))
    assert {one.candidate.call_id for one in taken if one.is_for_risk} == {"c0", "c3", "c5"}
    assert [one.inclusion for one in taken] == [1.0, 1.0, 1.0, 2 / 7, 2 / 7]


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_calls() -> None:
    plan = Plan(risk_calls=1, random_calls=3, seed="s")
    assert drawn(CALLS, plan) == drawn(CALLS[::-1], plan)
    assert drawn(CALLS, plan) != drawn(CALLS, Plan(risk_calls=1, random_calls=3, seed="t"))


def test_a_call_without_risk_is_never_taken_for_it() -> None:
    taken = drawn([Candidate("c1", 0), Candidate("c2", 0)], Plan(risk_calls=2, random_calls=1, seed="s"))
    assert [(one.is_for_risk, one.inclusion) for one in taken] == [(False, 0.5)]


def test_weighted_rates_are_those_of_all_calls_in_the_mean_of_many_draws() -> None:
    breaches = {"c0", "c3", "c7"}
    estimates: list[float] = []
    for seed in range(4_000):
        taken = drawn(CALLS, Plan(risk_calls=3, random_calls=2, seed=str(seed)))
        hits = sum(1 / one.inclusion for one in taken if one.candidate.call_id in breaches)
        estimates.append(hits / sum(1 / one.inclusion for one in taken))
    assert abs(sum(estimates) / len(estimates) - 0.3) < 0.01


@given(risks=st.lists(st.integers(0, 100), max_size=30), risk_calls=st.integers(0, 10), random_calls=st.integers(0, 10))
def test_weights_always_sum_up_to_the_calls_that_were_drawn_from(
    risks: list[int], risk_calls: int, random_calls: int
) -> None:
    calls = [Candidate(f"c{number}", risk) for number, risk in enumerate(risks)]
    taken = drawn(calls, Plan(risk_calls, random_calls, "s"))
    has_lot = any(not one.is_for_risk for one in taken)
    others = len(calls) - sum(one.is_for_risk for one in taken)
    assert len({one.candidate.call_id for one in taken}) == len(taken)
    assert round(sum(1 / one.inclusion for one in taken if not one.is_for_risk), 6) == (others if has_lot else 0)


def test_a_drawn_call_has_one_review_id_and_a_day_is_that_of_the_hotline() -> None:
    assert review_id_of("draw-1", "c1") == review_id_of("draw-1", "c1") != review_id_of("draw-2", "c1")
    begin, end = bounds_of(date(2026, 3, 9), ZoneInfo("Asia/Shanghai"))
    assert (begin, end) == (datetime(2026, 3, 8, 16, tzinfo=UTC), datetime(2026, 3, 9, 16, tzinfo=UTC))
