"""The report on experiments: what each group of calls came to, what the prompt adds, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from assist.experiments.cohort import Cohort, Cohorts, Subject
from assist.experiments.decision import Decision, position_after
from assist.experiments.family import joint_level
from assist.experiments.intervals import (
    LEVEL,
    Interval,
    Rate,
    calls_needed,
    evidence_of,
    lasting_interval,
    lift_interval,
    mean_interval,
    share_interval,
)
from assist.experiments.worth import Worth, worth_of
from assist.playbook.experiments import MEASURES, Allocation, Experiment, Measure
from assist.playbook.offers.catalogue import Price

Verdict = Literal["too-early", "unclear", "helps", "harms"]

HELD_OUT, SHOWN = "held-out", "shown"
LEAST_CALLS = 50
"""In each group, before anything is said of it."""
LEAST_HITS = 10
"""In both groups together, and as many misses: with fewer the approximation of the intervals is too rough."""
LIFT_WANTED = 0.02
"""The number of calls that is needed is told for this lift."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure in one group."""

    calls: int
    """Of which it is known."""
    hits: int
    share: Interval | None
    """With the fixed interval; None without calls."""


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that got the same."""

    name: str
    """held-out, shown, or the id of a variant"""
    calls: int
    seen: int
    """Calls in which a desk has shown the prompt."""
    said: int
    """Calls in which the agent was heard to say it."""
    outcomes: Mapping[Measure, Outcome]
    handling_ms: float | None
    """Mean length of the calls; None without calls."""


@dataclass(frozen=True, slots=True)
class Lift:
    """What one group has more than another, as a difference of shares."""

    fixed: Interval
    """Right for whoever looks once, at a time chosen beforehand."""
    lasting: Interval
    """Right however often it is looked at."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group against another."""

    group: str
    against: str
    lifts: Mapping[Measure, Lift]
    """Measures that are known in both."""
    handling_ms: Interval | None
    """How much longer the calls are, with the fixed interval."""
    verdict: Verdict
    """By the goal of the experiment and the lasting interval."""


@dataclass(frozen=True, slots=True)
class Week:
    """The goal in the calls opened in one week."""

    monday: date
    shown: Rate
    held_out: Rate
    worth: Worth
    """With the fixed interval: a week that is over is looked at once."""


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """All about one experiment."""

    playbook: str
    experiment: str
    source: str
    """Rule or offer whose prompts it is about."""
    title: str
    """Of the prompt, for people."""
    goal: Measure
    more_is_better: bool
    hold_out: float
    is_general: bool
    """Its hold-out is the playbook's for all prompts."""
    allocation: Allocation
    shares: Mapping[str, float]
    """What each variant gets of the calls that come."""
    is_muted: bool
    groups: tuple[Group, ...]
    """held-out, shown, then each variant."""
    comparisons: tuple[Comparison, ...]
    """shown against held-out, then each variant against the first."""
    price: Price | None
    """Of the offer that the prompt makes."""
    worth: Worth
    """What the prompt has added to the goal, with the lasting interval."""
    calls_needed: int | None
    """About how many calls would tell a lift of two in a hundred from none; None where nothing is known to go by."""
    left_out: int
    """Calls in which the agent's attention had no room for the prompt: in no group."""
    limited: int
    """Calls in which the agent had fewer places after a full hour, so that they depend on others: in no group."""
    weeks: tuple[Week, ...]
    """The oldest first."""
    decisions: tuple[Decision, ...]
    """The newest first."""
    level: float
    """Of each lasting interval, 0 to 1: higher, the more prompts of the playbook are judged beside this one."""


def judging_level(studies: Iterable[tuple[Experiment, Cohorts]]) -> float:
    """How sure each verdict must be, of all comparisons of a playbook together."""
    evidence: list[float] = []
    for experiment, cohorts in studies:
        goal = experiment.goal
        for _, group, _, other in _pairs(experiment, cohorts):
            rate, against = group.rate(goal), other.rate(goal)
            is_told = verdict_on(goal, rate, against) != "too-early"
            evidence.append(evidence_of(rate, against) if is_told else 0.0)
    return joint_level(evidence)


def report_on(
    source: str,
    experiment: Experiment,
    cohorts: Cohorts,
    decisions: Sequence[Decision],
    *,
    playbook: str,
    title: str = "",
    utc_offset_min: int = 0,
    price: Price | None = None,
    level: float = LEVEL,
) -> ExperimentReport:
    """Of one experiment; ``decisions`` in the order in which they were made, ``price`` of the offer that it makes.

    ``level`` of lasting intervals, see ``judging_level``.
    """
    standing = position_after(decisions).standing
    shown, held_out = cohorts.shown, cohorts.held_out
    variants = {variant.variant_id: cohorts.variant(variant.variant_id) for variant in experiment.variants}
    return ExperimentReport(
        playbook=playbook,
        experiment=experiment.experiment_id,
        source=source,
        title=title,
        goal=experiment.goal,
        more_is_better=MEASURES[experiment.goal],
        hold_out=experiment.hold_out,
        is_general=experiment.is_general,
        allocation=experiment.allocation,
        shares=standing.shares if standing.shares.keys() == experiment.shares.keys() else experiment.shares,
        is_muted=standing.is_muted,
        groups=tuple(_group(name, cohort) for name, cohort in {HELD_OUT: held_out, SHOWN: shown, **variants}.items()),
        comparisons=tuple(_comparison(experiment.goal, *pair, level) for pair in _pairs(experiment, cohorts)),
        price=price,
        worth=worth_of(
            experiment.goal,
            lasting_interval(shown.rate(experiment.goal), held_out.rate(experiment.goal), level),
            shown,
            held_out,
            price,
        ),
        calls_needed=_calls_needed(experiment, held_out),
        left_out=cohorts.left_out,
        limited=cohorts.limited,
        weeks=_weeks(experiment.goal, cohorts.subjects, utc_offset_min, price),
        decisions=tuple(reversed(decisions)),
        level=level,
    )


def verdict_on(measure: Measure, rate: Rate, other: Rate, *, level: float = LEVEL) -> Verdict:
    """Whether a group does clearly better or worse than another by a measure, by the lasting interval of that level."""
    hits, calls = rate.hits + other.hits, rate.calls + other.calls
    lift = lasting_interval(rate, other, level)
    if lift is None or min(rate.calls, other.calls) < LEAST_CALLS or min(hits, calls - hits) < LEAST_HITS:
        return "too-early"
    if lift.low > 0:
        return "helps" if MEASURES[measure] else "harms"
    if lift.high < 0:
        return "harms" if MEASURES[measure] else "helps"
    return "unclear"


def _pairs(experiment: Experiment, cohorts: Cohorts) -> list[tuple[str, Cohort, str, Cohort]]:
    """What is compared with what: shown with held out, and each variant with the first."""
    pairs = [(SHOWN, cohorts.shown, HELD_OUT, cohorts.held_out)] if experiment.hold_out else []
    if experiment.variants:
        first, *others = [variant.variant_id for variant in experiment.variants]
        pairs += [(name, cohorts.variant(name), first, cohorts.variant(first)) for name in others]
    return pairs


def _group(name: str, cohort: Cohort) -> Group:
    outcomes: dict[Measure, Outcome] = {
        measure: Outcome(rate.calls, rate.hits, share_interval(rate)) for measure, rate in cohort.rates.items()
    }
    handling_ms = cohort.handling.mean if len(cohort) else None
    return Group(name, len(cohort), cohort.seen, cohort.said, outcomes, handling_ms)


def _comparison(goal: Measure, name: str, group: Cohort, other_name: str, other: Cohort, level: float) -> Comparison:
    lifts: dict[Measure, Lift] = {}
    for measure, rate in group.rates.items():
        against = other.rate(measure)
        fixed, lasting = lift_interval(rate, against), lasting_interval(rate, against, level)
        if fixed is not None and lasting is not None:
            lifts[measure] = Lift(fixed, lasting)
    longer = mean_interval(group.handling, other.handling)
    verdict = verdict_on(goal, group.rate(goal), other.rate(goal), level=level)
    return Comparison(name, other_name, lifts, longer, verdict)


def _calls_needed(experiment: Experiment, held_out: Cohort) -> int | None:
    rate = held_out.rate(experiment.goal)
    if not experiment.hold_out or rate.share is None or rate.hits == 0:
        return None
    return calls_needed(rate.share, LIFT_WANTED, experiment.hold_out)


def _weeks(goal: Measure, subjects: Iterable[Subject], utc_offset_min: int, price: Price | None) -> tuple[Week, ...]:
    by_week: defaultdict[date, list[Subject]] = defaultdict(list)
    for subject in subjects:
        by_week[_monday(subject.trial.opened_at, utc_offset_min)].append(subject)
    cohorts = {monday: Cohorts(tuple(found)) for monday, found in sorted(by_week.items())}
    return tuple(_week(goal, monday, week, price) for monday, week in cohorts.items())


def _week(goal: Measure, monday: date, cohorts: Cohorts, price: Price | None) -> Week:
    shown, held_out = cohorts.shown, cohorts.held_out
    rate, other = shown.rate(goal), held_out.rate(goal)
    return Week(monday, rate, other, worth_of(goal, lift_interval(rate, other), shown, held_out, price))


def _monday(at: datetime, utc_offset_min: int) -> date:
    """Of the week by the clock of the hotline."""
    day = (at + timedelta(minutes=utc_offset_min)).date()
    return day - timedelta(days=day.weekday())
