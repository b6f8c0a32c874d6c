"""Intervals, shares of variants, what is decided by them, and the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.experiments.cohort import called_again, cohorts_of
from assist.experiments.decision import Decision, position_after
from assist.experiments.intervals import (
    Rate,
    Sample,
    Sums,
    calls_needed,
    lasting_interval,
    lift_interval,
    mean_interval,
    ratio_interval,
    share_interval,
    wilson_interval,
)
from assist.experiments.report import report_on, verdict_on
from assist.experiments.review import harm, review
from assist.experiments.trial import Trial
from assist.experiments.weights import LEAST_SHARE, thompson_shares
from assist.playbook.experiments import Experiment, Measure, Variant
from assist.playbook.offers.catalogue import Price
from tests.support.trials import BEGIN, EXPERIMENT, trials_with_lift

NOW = BEGIN + timedelta(days=120)
RATES = st.integers(1, 2_000).flatmap(lambda calls: st.builds(Rate, st.just(calls), st.integers(0, calls)))


def test_the_fixed_interval_is_that_of_the_paper() -> None:
    found = lift_interval(Rate(70, 56), Rate(80, 48))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)  # Newcombe 1998, table II (a)


def test_the_share_interval_is_wilsons() -> None:
    found = share_interval(Rate(263, 81))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # Newcombe 1998, example (a)


def test_a_share_of_a_weighted_sample_is_as_sure_as_its_effective_size() -> None:
    assert wilson_interval(0.25, 40) == share_interval(Rate(40, 10))
    wide, narrow = wilson_interval(0.25, 17.3), wilson_interval(0.25, 40)
    assert wide.low < narrow.low < 0.25 < narrow.high < wide.high
    assert wilson_interval(0.0, 5).low == 0.0
    assert wilson_interval(1.0, 5).high == 1.0


def test_a_mean_has_the_interval_of_students_t() -> None:
    values = (1.0, 2.0, 3.0, 4.0)
    found = ratio_interval(Sums.of_values(4, sum(values), sum(value**2 for value in values)))
    assert found is not None
    assert (found.estimate, found.low, found.high) == pytest.approx((2.5, 0.4457, 4.5543), abs=5e-5)


def test_a_ratio_that_is_the_same_in_every_call_is_sure() -> None:
    found = ratio_interval(Sums(3, top=6.0, bottom=60.0, top_squared=14.0, product=140.0, bottom_squared=1_400.0))
    assert found is not None
    assert (found.low, found.estimate, found.high) == pytest.approx((0.1, 0.1, 0.1))
    assert ratio_interval(Sums(3, 0, 0, 0, 0, 0)) is None
    one = ratio_interval(Sums.of_values(1, 7.0, 49.0))
    assert one is not None
    assert (one.low, one.high) == (7.0, 7.0)


@settings(max_examples=60)
@given(RATES, RATES)
def test_the_lasting_interval_is_never_surer_than_its_estimate_and_turns_with_the_sides(one: Rate, other: Rate) -> None:
    found, turned = lasting_interval(one, other), lasting_interval(other, one)
    assert found is not None
    assert turned is not None
    assert -1 <= found.low <= found.estimate <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_the_lasting_interval_is_wider_than_the_fixed_one() -> None:
    one, other = Rate(900, 100), Rate(100, 10)
    fixed, lasting = lift_interval(one, other), lasting_interval(one, other)
    assert fixed is not None
    assert lasting is not None
    assert lasting.high - lasting.low > fixed.high - fixed.low


def test_welch_compares_means_of_unequal_spread() -> None:
    found = mean_interval(Sample.of([1, 2, 3, 4, 5]), Sample.of([10, 20, 30]))
    assert found is not None
    assert found.estimate == pytest.approx(-17)
    assert found.low < -17 < found.high
    assert mean_interval(Sample.of([1]), Sample.of([1, 2])) is None


def test_nothing_is_told_of_nothing() -> None:
    assert share_interval(Rate(0, 0)) is None
    assert lift_interval(Rate(0, 0), Rate(1, 1)) is None
    assert lasting_interval(Rate(1, 1), Rate(0, 0)) is None


def test_small_hold_outs_need_many_calls() -> None:
    assert calls_needed(0.1, 0.02, 0.1) == 19_963
    assert calls_needed(0.1, 0.02, 0.5) < calls_needed(0.1, 0.02, 0.1)


def test_the_better_variant_gets_more_calls_but_never_all() -> None:
    shares = thompson_shares({"a": Rate(500, 75), "b": Rate(500, 25)})
    assert shares == pytest.approx({"a": 1 - LEAST_SHARE, "b": LEAST_SHARE}, abs=0.02)
    assert thompson_shares({"a": Rate(500, 75), "b": Rate(500, 25)}) == shares
    worse = thompson_shares({"a": Rate(500, 75), "b": Rate(500, 25)}, more_is_better=False)
    assert worse["b"] > worse["a"]


@settings(max_examples=20, deadline=None)
@given(st.lists(RATES, min_size=2, max_size=8))
def test_shares_add_up(rates: list[Rate]) -> None:
    shares = thompson_shares({str(number): rate for number, rate in enumerate(rates)})
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0.04


def test_too_few_calls_or_hits_say_nothing() -> None:
    assert verdict_on("sold", Rate(40, 0), Rate(1_000, 500)) == "too-early"
    assert verdict_on("sold", Rate(900, 4), Rate(900, 5)) == "too-early"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("sold", "harms"), ("complained", "helps")],
)
def test_less_is_harm_or_help_by_what_is_measured(measure: Measure, expected: str) -> None:
    assert verdict_on(measure, Rate(2_000, 100), Rate(2_000, 300)) == expected


def test_more_complaints_are_harm_whatever_the_goal() -> None:
    good, bad = Rate(2_000, 300), Rate(2_000, 40)
    shown: dict[Measure, Rate] = {"sold": good, "complained": good}
    held_out: dict[Measure, Rate] = {"sold": good, "complained": bad}
    assert harm("sold", shown, held_out) == "complained"


def decisions_on(lift: float, made: list[Decision], *, experiment: Experiment = EXPERIMENT) -> tuple[Decision, ...]:
    trials = trials_with_lift(2_000, 0.3, lift)
    return review("small", experiment, cohorts_of(trials, NOW)["offer-data"], made, NOW)


def test_a_prompt_that_does_harm_is_muted_with_its_figures() -> None:
    (decision,) = decisions_on(-0.2, [])
    assert (decision.kind, decision.by, decision.experiment) == ("mute", "", "offer-data")
    assert decision.reason == "less-sold"
    assert decision.figures["high"] < 0
    assert decision.figures["shown_calls"] + decision.figures["held_out_calls"] == 2_000
    assert position_after([decision]).standing.is_muted
    assert decisions_on(-0.2, [decision]) == ()


def test_prompts_that_help_or_do_nothing_stay() -> None:
    assert decisions_on(0.2, []) == decisions_on(0.0, []) == ()
    assert decisions_on(-0.2, [], experiment=replace(EXPERIMENT, mutes_itself=False)) == ()


def test_a_person_who_unmutes_gives_it_a_new_start() -> None:
    (muted,) = decisions_on(-0.2, [])
    unmuted = Decision("small", "offer-data", "unmute", NOW, "Ann", "a new wording")
    assert position_after([muted, unmuted]).judged_since == NOW
    assert decisions_on(-0.2, [muted, unmuted]) == ()


def test_calls_of_a_muted_prompt_count_for_nothing() -> None:
    (trial, *_) = trials_with_lift(1, 0.3, 0.0)
    muted = replace(trial, exposures=(replace(trial.exposures[0], is_muted=True),))
    assert cohorts_of([muted], NOW) == {}


def test_variants_are_weighed_only_where_the_playbook_says_so() -> None:
    experiment = replace(EXPERIMENT, hold_out=0.1, variants=(Variant("a"), Variant("b")))
    trials = [
        replace(trial, exposures=(replace(one, is_sold=one.variant == "a" and number % 3 == 0),))
        for number, trial in enumerate(trials_with_lift(600, 0.0, 0.0, experiment=experiment))
        for one in trial.exposures
    ]
    cohorts = cohorts_of(trials, NOW)["offer-data"]
    fixed, adaptive = replace(experiment, mutes_itself=False), replace(experiment, allocation="adaptive")
    assert review("small", fixed, cohorts, [], NOW) == ()
    (decision,) = review("small", replace(adaptive, mutes_itself=False), cohorts, [], NOW)
    assert (decision.kind, decision.reason) == ("weigh", "best-sold")
    assert decision.figures["a"] > 0.8
    assert review("small", replace(adaptive, mutes_itself=False), cohorts, [decision], NOW) == ()


def test_the_report_holds_groups_lift_weeks_and_what_was_gained() -> None:
    trials = trials_with_lift(1_000, 0.2, 0.1)
    cohorts = cohorts_of(trials, NOW)["offer-data"]
    report = report_on("offer-data", EXPERIMENT, cohorts, [], playbook="small", price=Price(20.0, "month"))
    held_out, shown = report.groups
    assert held_out.calls + shown.calls == 1_000
    assert (held_out.seen, shown.seen) == (0, shown.calls)
    (comparison,) = report.comparisons
    lift = comparison.lifts["sold"]
    assert lift.lasting.low < lift.fixed.low < 0.1 < lift.fixed.high < lift.lasting.high
    assert comparison.verdict == "helps"
    worth = report.worth
    assert worth.gained is not None
    assert worth.value is not None
    assert worth.gained.estimate == pytest.approx(lift.lasting.estimate * shown.calls)
    assert worth.value.low == pytest.approx(20.0 * worth.gained.low)
    assert [week.monday.weekday() for week in report.weeks] == [0] * 4
    assert sum(week.shown.calls + week.held_out.calls for week in report.weeks) == 1_000


def test_every_week_tells_what_it_brought_in_and_what_it_cost() -> None:
    trials = [
        replace(trial, handling_ms=trial.handling_ms + (6_000 if one.arm == "shown" else 0) + place % 7)
        for place, trial in enumerate(trials_with_lift(1_000, 0.2, 0.1))
        for one in trial.exposures
    ]
    cohorts = cohorts_of(trials, NOW)["offer-data"]
    report = report_on("offer-data", EXPERIMENT, cohorts, [], playbook="small", price=Price(20.0, "month"))
    for week in report.weeks:
        lift = lift_interval(week.shown, week.held_out)
        assert lift is not None
        assert week.worth.gained is not None
        assert week.worth.value is not None
        assert week.worth.handling_ms is not None
        assert week.worth.gained.low == pytest.approx(lift.low * week.shown.calls)
        assert week.worth.value.high == pytest.approx(20.0 * lift.high * week.shown.calls)
        assert week.worth.handling_ms.estimate == pytest.approx(6_000 * week.shown.calls, rel=0.01)
    other = report_on("offer-data", replace(EXPERIMENT, goal="accepted"), cohorts, [], playbook="small", price=None)
    assert other.worth.value is None


def test_calls_without_room_for_the_prompt_are_in_no_group_but_told() -> None:
    trials = trials_with_lift(40, 0.2, 0.1)
    without = [replace(trial, exposures=(), left_out=(EXPERIMENT.experiment_id,)) for trial in trials[:7]]
    report = report_on(
        "offer-data", EXPERIMENT, cohorts_of([*without, *trials[7:]], NOW)["offer-data"], [], playbook="p"
    )
    assert report.left_out == 7
    assert sum(group.calls for group in report.groups[:2]) == 33
    assert cohorts_of(without, NOW)["offer-data"].left_out == 7


def test_calls_that_a_full_hour_made_depend_on_others_are_in_no_group_but_told() -> None:
    trials = trials_with_lift(40, 0.2, 0.1)
    busy = [tuple(replace(one, is_limited=True) for one in trial.exposures) for trial in trials[:7]]
    limited = [replace(trial, exposures=exposures) for trial, exposures in zip(trials, busy, strict=False)]
    cohorts = cohorts_of([*limited, *trials[7:]], NOW)["offer-data"]
    report = report_on("offer-data", EXPERIMENT, cohorts, [], playbook="p")
    assert (report.limited, report.left_out) == (7, 0)
    assert sum(group.calls for group in report.groups[:2]) == 33


def repeat(days: float, reason: str = "query_usage", customer_id: str | None = "k1") -> Trial:
    (trial,) = trials_with_lift(1, 0.0, 0.0)
    at = BEGIN + timedelta(days=days)
    return replace(trial, call_id=f"d{days}{reason}", opened_at=at, reason=reason, customer_id=customer_id)


def test_a_call_again_is_one_about_the_same_within_seven_days() -> None:
    first, within, later, other = repeat(0), repeat(6.9), repeat(20), repeat(1, "cancel_plan")
    found = called_again([later, within, other, first], BEGIN + timedelta(days=21))
    assert [found[one.call_id] for one in (first, within, other, later)] == [True, False, False, None]


def test_who_is_unknown_cannot_be_known_to_call_again() -> None:
    assert called_again([repeat(0, customer_id=None), repeat(1, "")], NOW) == {"d0query_usage": None, "d1": None}
