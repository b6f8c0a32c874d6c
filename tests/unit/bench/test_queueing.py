"""Simulated calls in front of the engine's own queue: what holds in every load."""

from __future__ import annotations

import pytest

from asr.pressure import Stage
from bench.queueing import Outcome, Rule, Simulation, Traffic
from models.backlog import Priority
from models.load import percentile

AS_BUILT = Rule("as built", reserved_workers=1)
OVERLOAD_S = (60.0, 240.0)


def overloaded(*, has_admission: bool) -> Outcome:
    """Six calls; twenty more for three minutes, together 30 % above what keeps finals within 1.5 s."""
    begin_s, end_s = OVERLOAD_S
    simulation = Simulation(AS_BUILT, Traffic(), seed=3, has_admission=has_admission)
    simulation.open_calls(0.0, 6, until_s=310.0)
    simulation.open_calls(begin_s, 20, until_s=end_s)
    return simulation.run(330.0)


def finals_between(outcome: Outcome, begin_s: float, end_s: float) -> list[float]:
    return [wait_s for wait_s, at_s in zip(outcome.final_s, outcome.final_at_s, strict=True) if begin_s <= at_s < end_s]


def test_overload_comes_in_stages_and_is_over_within_half_a_minute() -> None:
    outcome = overloaded(has_admission=False)
    stages = [stage for _, stage in outcome.stages]
    assert stages == [*Stage, *reversed(list(Stage)[:-1])]
    assert outcome.stages[-1][0] <= OVERLOAD_S[1] + 30
    assert percentile(finals_between(outcome, OVERLOAD_S[1] + 30, 330), 0.95) < 1.5


def test_no_final_is_lost_in_an_overload() -> None:
    outcome = overloaded(has_admission=False)
    assert len(outcome.final_s) == outcome.utterances


def test_refused_calls_keep_the_accepted_ones_good() -> None:
    outcome = overloaded(has_admission=True)
    assert outcome.refused > 0
    assert percentile(finals_between(outcome, *OVERLOAD_S), 0.95) < 1.5
    assert max(stage for _, stage in outcome.stages) is Stage.PARTIALS_THINNED


@pytest.mark.parametrize("rule", [AS_BUILT, Rule("plain", fixed_interval_s=0.6, speculation=Priority.PARTIAL)])
def test_the_same_seed_gives_the_same_calls_and_waits(rule: Rule) -> None:
    def run() -> Outcome:
        simulation = Simulation(rule, Traffic(), seed=1)
        simulation.open_calls(0.0, 4)
        return simulation.run(60.0)

    assert run() == run()
