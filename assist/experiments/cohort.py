"""Calls of one experiment, sorted by what they got, and counted by what came of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assist.experiments.intervals import Rate, Sample
from assist.experiments.trial import Exposure, Trial
from assist.playbook.experiments import MEASURES, Measure

REPEAT = timedelta(days=7)
"""Within which a call of the same customer about the same thing is a repeat call."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One call in one experiment."""

    trial: Trial
    exposure: Exposure
    has_called_again: bool | None
    """None: not known yet, or not to be known."""

    def has(self, measure: Measure) -> bool | None:
        """Whether it came to that; None: not known."""
        match measure:
            case "sold":
                return self.exposure.is_sold
            case "accepted" | "refused":
                return self.exposure.reaction == measure
            case "complained":
                return self.exposure.has_complained
            case "called-again":
                return self.has_called_again


@dataclass(frozen=True, slots=True)
class Cohort:
    """Calls that got the same."""

    subjects: tuple[Subject, ...]

    def rate(self, measure: Measure) -> Rate:
        """Among the calls of which it is known."""
        known = [has for subject in self.subjects if (has := subject.has(measure)) is not None]
        return Rate(len(known), sum(known))

    @property
    def rates(self) -> Mapping[Measure, Rate]:
        return {measure: self.rate(measure) for measure in MEASURES}

    @property
    def handling(self) -> Sample:
        """Length of the calls in milliseconds."""
        return Sample.of([subject.trial.handling_ms for subject in self.subjects])

    @property
    def seen(self) -> int:
        return sum(subject.exposure.is_seen for subject in self.subjects)

    @property
    def said(self) -> int:
        return sum(subject.exposure.is_said for subject in self.subjects)

    def __len__(self) -> int:
        return len(self.subjects)


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The calls of one experiment that chance decided about."""

    subjects: tuple[Subject, ...]
    left_out: int = 0
    """Calls beside them, in which the prompt never found room."""
    limited: int = 0
    """Calls beside them that an allowance for the agent's full hour made depend on others."""

    @property
    def held_out(self) -> Cohort:
        return Cohort(tuple(one for one in self.subjects if one.exposure.arm == "held-out"))

    @property
    def shown(self) -> Cohort:
        return Cohort(tuple(one for one in self.subjects if one.exposure.arm == "shown"))

    def variant(self, variant_id: str) -> Cohort:
        """Calls that were shown this variant."""
        return Cohort(tuple(one for one in self.shown.subjects if one.exposure.variant == variant_id))

    def since(self, at: datetime | None) -> Cohorts:
        """Those of calls opened later; None: all."""
        return self if at is None else Cohorts(tuple(one for one in self.subjects if one.trial.opened_at > at))


def cohorts_of(trials: Iterable[Trial], now: datetime) -> Mapping[str, Cohorts]:
    """By experiment. Calls of a prompt that was muted were not drawn, and do not count.

    Nor do those in which the agent had fewer places for what earlier calls had shown them.
    """
    trials = list(trials)
    again = called_again(trials, now)
    found: defaultdict[str, list[Subject]] = defaultdict(list)
    limited = Counter[str]()
    for trial in trials:
        for exposure in trial.exposures:
            if not exposure.is_muted and exposure.is_limited:
                limited[exposure.experiment] += 1
            elif not exposure.is_muted:
                found[exposure.experiment].append(Subject(trial, exposure, again[trial.call_id]))
    left_out = Counter(experiment for trial in trials for experiment in trial.left_out)
    return {one: Cohorts(tuple(found[one]), left_out[one], limited[one]) for one in {**found, **left_out, **limited}}


def called_again(trials: Sequence[Trial], now: datetime) -> Mapping[str, bool | None]:
    """By call id: whether its customer called about the same thing within seven days.

    None where that time is not over, and where nobody knows who called or why.
    """
    return {trial.call_id: has for trials_alike in _alike(trials) for trial, has in _follow(trials_alike, now)}


def _alike(trials: Iterable[Trial]) -> Iterator[Sequence[Trial]]:
    by_subject: defaultdict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in trials:
        if trial.customer_id and trial.reason:
            by_subject[trial.customer_id, trial.reason].append(trial)
        else:
            yield [trial]
    for alike in by_subject.values():
        yield sorted(alike, key=lambda trial: trial.opened_at)


def _follow(alike: Sequence[Trial], now: datetime) -> Iterator[tuple[Trial, bool | None]]:
    for trial, following in zip(alike, [*alike[1:], None], strict=True):
        if not (trial.customer_id and trial.reason):
            yield trial, None
        elif following is not None and following.opened_at - trial.opened_at <= REPEAT:
            yield trial, True
        else:
            yield trial, False if now - trial.opened_at >= REPEAT else None
