"""What Livecue decides by itself: prompts that clearly do harm, and shares of variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from assist.experiments.cohort import Cohorts
from assist.experiments.decision import Decision, position_after
from assist.experiments.family import joint_level
from assist.experiments.intervals import LEVEL, Rate, evidence_of, lasting_interval
from assist.experiments.report import LEAST_CALLS, verdict_on
from assist.experiments.weights import thompson_shares
from assist.playbook.experiments import MEASURES, Experiment, Measure

GUARD: Measure = "complained"
"""No prompt may do harm here, whatever it is for."""
SHARE_STEP = 0.05
"""Least change of a share that is worth a decision."""


def review(
    playbook: str,
    experiment: Experiment,
    cohorts: Cohorts,
    decisions: Sequence[Decision],
    now: datetime,
    *,
    level: float | None = None,
) -> tuple[Decision, ...]:
    """What is to be decided now about an experiment; ``decisions`` in the order in which they were made.

    ``level``: how sure harm must be where others are judged as well, see ``harm_level``.
    """
    position = position_after(decisions)
    if position.standing.is_muted:
        return ()
    judged = cohorts.since(position.judged_since)
    if experiment.mutes_itself:
        harmed = harm(experiment.goal, judged.shown.rates, judged.held_out.rates, level=level)
        if harmed is not None:
            return (_muting(playbook, experiment, harmed, judged, now),)
    shares = position.standing.shares or experiment.shares
    weighed = _weighed(experiment, cohorts)
    if weighed and max(abs(weighed[name] - shares.get(name, 0.0)) for name in weighed) >= SHARE_STEP:
        return (Decision(playbook, experiment.experiment_id, "weigh", now, "", f"best-{experiment.goal}", weighed),)
    return ()


def harm_level(studies: Iterable[tuple[Experiment, Cohorts, Sequence[Decision]]]) -> float:
    """How sure harm by one measure must be, of all prompts of a playbook together.

    Those that do not mute themselves are asked nothing; those that are muted stand by what they were muted for.
    """
    evidence: list[float] = []
    for experiment, cohorts, decisions in studies:
        if experiment.hold_out and experiment.mutes_itself:
            judged = cohorts.since(position_after(decisions).judged_since)
            evidence += harm_evidence(experiment.goal, judged.shown.rates, judged.held_out.rates)
    return joint_level(evidence)


def harm_evidence(goal: Measure, shown: Mapping[Measure, Rate], held_out: Mapping[Measure, Rate]) -> Sequence[float]:
    """How much speaks for harm, by goal and guard; 0 where nothing does, or it is too early to say."""
    return [
        evidence_of(shown[one], held_out[one])
        if verdict_on(one, shown[one], held_out[one], level=0.0) == "harms"
        else 0.0
        for one in _measures(goal)
    ]


def harm(
    goal: Measure, shown: Mapping[Measure, Rate], held_out: Mapping[Measure, Rate], *, level: float | None = None
) -> Measure | None:
    """The measure by which a prompt clearly does harm, each judged at ``level``.

    None: of a single prompt, whose goal and guard together err no more often than one alone.
    """
    measures = _measures(goal)
    level = 1 - (1 - LEVEL) / len(measures) if level is None else level
    return next((one for one in measures if verdict_on(one, shown[one], held_out[one], level=level) == "harms"), None)


def _measures(goal: Measure) -> tuple[Measure, ...]:
    return tuple(dict.fromkeys((goal, GUARD)))


def _muting(playbook: str, experiment: Experiment, measure: Measure, judged: Cohorts, now: datetime) -> Decision:
    shown, held_out = judged.shown.rate(measure), judged.held_out.rate(measure)
    lift = lasting_interval(shown, held_out)
    figures = {
        "shown_calls": shown.calls,
        "shown_hits": shown.hits,
        "held_out_calls": held_out.calls,
        "held_out_hits": held_out.hits,
        **({"lift": lift.estimate, "low": lift.low, "high": lift.high} if lift is not None else {}),
    }
    reason = f"less-{measure}" if MEASURES[measure] else f"more-{measure}"
    return Decision(playbook, experiment.experiment_id, "mute", now, "", reason, figures)


def _weighed(experiment: Experiment, cohorts: Cohorts) -> dict[str, float]:
    """New shares of the variants; empty where they stay as they are."""
    if experiment.allocation == "fixed" or not experiment.variants:
        return {}
    rates = {one.variant_id: cohorts.variant(one.variant_id).rate(experiment.goal) for one in experiment.variants}
    if min(rate.calls for rate in rates.values()) < LEAST_CALLS:
        return {}
    return thompson_shares(rates, more_is_better=MEASURES[experiment.goal])
