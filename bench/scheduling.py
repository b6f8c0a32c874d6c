"""Rules for sharing the workers between finals, speculation and partials, compared by simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench.queueing import Outcome, Rule, Simulation, Traffic
from models.backlog import Priority
from models.load import percentile

RULES = (
    Rule("as built", reserved_workers=1),
    Rule("partials may take every worker"),
    Rule("no preview may take every worker", reserved_workers=1, reserved_from_speculation=1),
    Rule("speculation waits like a partial", reserved_workers=1, speculation=Priority.PARTIAL),
    Rule("no speculation", reserved_workers=1, speculation=None),
    Rule("as often as asked for", reserved_workers=1, fixed_interval_s=0.6),
)


def compare(calls: Sequence[int], *, seed: int, minutes: float) -> Mapping[str, object]:
    """Every rule under every number of calls, with the same utterances for all rules."""
    rows: list[Mapping[str, object]] = []
    for number in calls:
        for rule in RULES:
            simulation = Simulation(rule, Traffic(), seed=seed)
            simulation.open_calls(0.0, number)
            rows.append({"calls": number, "rule": rule.name, **_row(simulation.run(60 * minutes))})
    return {"seed": seed, "minutes": minutes, "traffic": asdict(Traffic()), "rules": rows}


def _row(outcome: Outcome) -> Mapping[str, object]:
    return {
        "final_p50_s": round(percentile(outcome.final_s, 0.5), 2),
        "final_p95_s": round(percentile(outcome.final_s, 0.95), 2),
        "partial_gap_p50_s": round(percentile(outcome.partial_gap_s, 0.5), 2),
        "partial_gap_p95_s": round(percentile(outcome.partial_gap_s, 0.95), 2),
        "busy_percent": round(100 * outcome.busy_share),
    }
