"""Many prompts judged together: one that stands out among sixty has to stand out further."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.experiments.cohort import Cohorts, cohorts_of
from assist.experiments.family import joint_level
from assist.experiments.intervals import LEVEL, Rate, evidence_of, lasting_interval
from assist.experiments.report import judging_level, report_on, verdict_on
from assist.experiments.review import harm, harm_level, review
from assist.playbook.experiments import Experiment
from tests.support.trials import BEGIN, EXPERIMENT, trials_with_lift

NOW = BEGIN.replace(year=2027)
RATES = st.integers(1, 2_000).flatmap(lambda calls: st.builds(Rate, st.just(calls), st.integers(0, calls)))
EVIDENCE = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


@given(RATES, RATES, st.floats(0.01, 0.9999))
def test_evidence_is_what_the_lasting_interval_without_none_needs(rate: Rate, against: Rate, level: float) -> None:
    interval, evidence = lasting_interval(rate, against, level), evidence_of(rate, against)
    assert interval is not None
    if abs(evidence * (1 - level) - 1) > 1e-6 and abs(interval.estimate) < 0.99:
        assert (evidence > 1 / (1 - level)) == (interval.low > 0 or interval.high < 0)


def test_without_calls_there_is_no_evidence() -> None:
    assert evidence_of(Rate(0, 0), Rate(9, 1)) == 0.0
    assert joint_level([]) == LEVEL


@given(EVIDENCE)
def test_one_question_alone_is_asked_as_always_and_more_are_asked_more(evidence: list[float]) -> None:
    assert joint_level(evidence[:1]) == pytest.approx(LEVEL)
    level = joint_level(evidence)
    assert LEVEL - 1e-12 <= level <= 1 - (1 - LEVEL) / len(evidence) + 1e-12
    assert joint_level([*evidence, 0.0]) >= level - 1e-12


@given(EVIDENCE)
def test_what_stands_out_at_the_joint_level_is_what_e_bh_finds(evidence: list[float]) -> None:
    """By its definition: the k-th largest of n is at least n / (k * risk)."""
    ranked = sorted(evidence, reverse=True)
    most = max((k for k, one in enumerate(ranked, 1) if one * k * (1 - LEVEL) >= len(ranked) * (1 + 1e-9)), default=0)
    found = sum(one * (1 - joint_level(evidence)) >= 1 - 1e-9 for one in evidence)
    assert found >= most
    assert found == 0 or ranked[found - 1] * found * (1 - LEVEL) >= len(ranked) * (1 - 1e-9)


def study(lift: float, calls: int, experiment: Experiment = EXPERIMENT) -> tuple[Experiment, Cohorts, tuple[()]]:
    return experiment, cohorts_of(trials_with_lift(calls, 0.3, lift), NOW)["offer-data"], ()


def test_among_sixty_harm_must_be_clearer_than_alone() -> None:
    loud, quiet = study(-0.12, 900), study(0.0, 900)
    shown, held_out = loud[1].shown.rates, loud[1].held_out.rates
    assert harm("sold", shown, held_out) == "sold"
    among = harm_level([loud, *[quiet] * 59])
    assert among > 0.999
    assert harm("sold", shown, held_out, level=among) is None
    assert review("small", *loud, NOW, level=among) == ()
    clear = study(-0.25, 2_000)
    (muted,) = review("small", *clear, NOW, level=harm_level([clear, *[quiet] * 59]))
    assert (muted.kind, muted.reason) == ("mute", "less-sold")


def test_prompts_that_do_not_mute_themselves_are_asked_nothing() -> None:
    quiet = study(0.0, 900)
    others = [
        study(0.0, 900, replace(EXPERIMENT, mutes_itself=False)),
        study(0.0, 900, replace(EXPERIMENT, hold_out=0)),
    ]
    assert harm_level([quiet, *others]) == harm_level([quiet])


def test_verdicts_and_bounds_of_the_report_go_by_the_same_level() -> None:
    some, quiet = study(0.12, 900), study(0.0, 900)
    level = judging_level([(one, cohorts) for one, cohorts, _ in (some, *[quiet] * 59)])
    alone = report_on("offer-data", *some, playbook="small").comparisons[0]
    among = report_on("offer-data", *some, playbook="small", level=level).comparisons[0]
    assert (alone.verdict, among.verdict) == ("helps", "unclear")
    assert among.lifts["sold"].lasting.low <= 0 < alone.lifts["sold"].lasting.low
    assert among.lifts["sold"].fixed == alone.lifts["sold"].fixed


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([-0.2, 0.0, 0.2]), min_size=1, max_size=6))
def test_a_verdict_is_told_where_and_only_where_its_bounds_exclude_none(lifts: list[float]) -> None:
    studies = [study(lift, 400) for lift in lifts]
    level = judging_level([(one, cohorts) for one, cohorts, _ in studies])
    for experiment, cohorts, _ in studies:
        rates = cohorts.shown.rate("sold"), cohorts.held_out.rate("sold")
        interval = lasting_interval(*rates, level)
        assert interval is not None
        told = verdict_on(experiment.goal, *rates, level=level)
        assert told in ("too-early", "unclear") or not interval.low <= 0 <= interval.high
