"""What too many calls do to the others: a load that is carried, a third more of it for a while, and the load again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.capacity import NO_ADMISSION
from bench.child_server import child_server
from bench.conditions import conditions
from bench.figures import (
    Figures,
    Targets,
    TimedTurn,
    Window,
    call_figures,
    failings,
    impairments,
    timed_turns,
    window_figures,
)
from bench.load import STAGGER_S, Load, PlannedCall, run_load
from bench.plot import Panel, Series, draw
from bench.programme import read_recorded
from gateway.settings import Settings
from models.load import percentile

JUDGED_S = 30.0
"""Finals of so much time together must be quick again to count as recovered."""

STAGES = ("partials-thinned", "endpoint-waits")
"""What gives way and is told, in this order. Calls are refused by what they would cost, so at any time."""


@dataclass(frozen=True, slots=True)
class OverloadPlan:
    """What to measure."""

    calls: int
    """Carried at once in the long run."""
    extra_share: float = 0.3
    before_s: float = 120.0
    overload_s: float = 180.0
    after_s: float = 120.0
    recovery_s: float = 30.0
    """How soon after the overload finals must be quick again."""
    admits_all: bool = False
    chunk_ms: int = 20
    targets: Targets = field(default_factory=Targets)

    def __post_init__(self) -> None:
        if self.calls < 1 or not min(self.extra_share, self.before_s, self.overload_s, self.after_s) > 0:
            raise ValueError("calls, extra_share and the lengths of the phases must be positive")

    @property
    def extra_calls(self) -> int:
        return math.ceil(self.calls * self.extra_share)

    @property
    def phases(self) -> Mapping[str, Window]:
        """Seconds from the load's begin."""
        begin_s = (self.calls - 1) * STAGGER_S
        middle_s = begin_s + self.before_s
        end_s = middle_s + self.overload_s
        return {
            "before": Window(begin_s, middle_s),
            "overload": Window(middle_s, end_s),
            "after": Window(end_s, end_s + self.after_s),
        }

    @property
    def planned_calls(self) -> Sequence[PlannedCall]:
        """The extra calls come at once and leave at once."""
        overload, end_s = self.phases["overload"], self.phases["after"].to_s
        lasting = [
            PlannedCall(number, number * STAGGER_S, end_s - number * STAGGER_S, first_recording=number)
            for number in range(self.calls)
        ]
        extra = [
            PlannedCall(number, overload.from_s, overload.to_s - overload.from_s, first_recording=number)
            for number in range(self.calls, self.calls + self.extra_calls)
        ]
        return [*lasting, *extra]


async def measure_overload(
    settings: Settings,
    recordings: Sequence[Path],
    plan: OverloadPlan,
    *,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Figures of the three phases, what gave way when, how long recovery took, and the verdict.

    Raises InputError "bad-ground-truth" or "mixed-recordings" before anything is played.
    """
    recorded = read_recorded(recordings)
    before = conditions(settings)
    phases = plan.phases

    def tell(at_s: float) -> None:
        phase = next((name for name, window in phases.items() if at_s in window), "start or end")
        on_progress(f"{plan.calls} calls and {plan.extra_calls} more: {phase}, {at_s:.0f} s …")

    async with child_server(NO_ADMISSION if plan.admits_all else {}) as server:
        load = await run_load(server, recorded, plan.planned_calls, chunk_ms=plan.chunk_ms, on_progress=tell)
    return overload_figures(load, plan) | {
        "recordings": [recording.name for recording in recordings],
        "conditions": before,
    }


def overload_figures(load: Load, plan: OverloadPlan) -> dict[str, object]:
    """The report of a load that has run."""
    turns, calls = timed_turns(load), call_figures(load)
    figures = {name: window_figures(load, window, turns, plan.targets) for name, window in plan.phases.items()}
    recovered_s = recovery_s(turns, plan.phases["after"], plan.targets.final_p95_ms)
    stages = stages_seen(load)
    reasons = overload_failings(figures, calls, recovered_s, stages, plan)
    return {
        "calls": plan.calls,
        "extra_calls": plan.extra_calls,
        "passes": not reasons,
        "reasons": reasons,
        "recovery_s": recovered_s,
        "stages": stages,
        "load_stages": [
            {name: round(sample.metrics.get((name, ()), 0.0), 1) for name in ("load_stage", "partial_interval_ms")}
            | {"at_s": round(sample.at_s, 1)}
            for sample in load.samples
        ],
        "impairments": [
            {"at_s": round(one.at_s, 1), "call": one.call, "code": one.event.code, "restored": one.event.restored}
            for one in impairments(load)
        ],
        "missed_turns": [
            {"at_s": round(turn.ended_s, 1), "party": turn.timing.turn.party, "text": turn.timing.turn.text}
            for turn in turns
            if turn.timing.outcome == "missed"
        ],
        **calls,
        "phases": figures,
        "finals": [
            [round(turn.ended_s, 1), round(turn.timing.final_ms)] for turn in turns if turn.timing.final_ms is not None
        ],
    }


def overload_failings(
    figures: Mapping[str, Figures],
    calls: Figures,
    recovered_s: float | None,
    stages: Mapping[str, float],
    plan: OverloadPlan,
) -> Sequence[str]:
    """Why the overload was not borne; refusing calls is allowed, slow finals during it are too."""
    lost = ("calls-broken", "ledger-wrong", "audio-shed", "finals-lost", "finals-failed")
    of_before = failings(figures["before"], {**calls, "calls_refused": 0}, plan.targets)
    order = sorted(set(stages) & set(STAGES), key=lambda code: stages[code])
    tests = {
        "not-carried-before": bool(set(of_before) - set(lost)),
        "turns-missed": any("missed" in phase["outcomes"] for phase in figures.values()),
        "stages-out-of-order": order != [code for code in STAGES if code in stages],
        "not-recovered": recovered_s is None or recovered_s > plan.recovery_s,
    }
    return [*(code for code in of_before if code in lost), *(code for code, is_failing in tests.items() if is_failing)]


def stages_seen(load: Load) -> dict[str, float]:
    """When the service first gave way in each of its stages, in seconds from the load's begin."""
    seen: dict[str, float] = {}
    for one in impairments(load):
        if one.event.code in STAGES and not one.event.restored:
            seen.setdefault(one.event.code, round(one.at_s, 1))
    refused = [call.plan.starts_s for call in load.calls if call.is_refused]
    return seen | ({"calls-refused": round(min(refused), 1)} if refused else {})


def recovery_s(turns: Sequence[TimedTurn], after: Window, target_ms: float) -> float | None:
    """Whole seconds from the end of the overload until the p95 of the finals that arrive stays within the target.

    Judged by what arrives in ``JUDGED_S``, from every second on. None if it does not recover within the window.
    """
    finals = sorted(
        (turn.ended_s + turn.timing.final_ms / 1000, turn.timing.final_ms)
        for turn in turns
        if turn.timing.final_ms is not None
    )
    slow_until_s: float | None = None
    starts = range(math.floor(after.to_s - after.from_s - JUDGED_S) + 1)
    for start_s in starts:
        window = Window(after.from_s + start_s, after.from_s + start_s + JUDGED_S)
        if percentile([final_ms for at_s, final_ms in finals if at_s in window], 0.95) > target_ms:
            slow_until_s = float(start_s)
    if slow_until_s is None:
        return 0.0
    return slow_until_s + 1 if slow_until_s < starts[-1] else None


def draw_overload(report: Mapping[str, Any], path: Path, plan: OverloadPlan) -> None:
    """Every final by when its turn ended."""
    rows: list[list[float]] = report["finals"]
    series = [
        Series(
            name,
            [at_s for at_s, _ in rows if at_s in window],
            [final_ms for at_s, final_ms in rows if at_s in window],
            "points",
        )
        for name, window in plan.phases.items()
    ]
    panel = Panel("Finals after the end of speech", "s", "ms", series, limit=plan.targets.final_p95_ms)
    draw(path, f"{plan.calls} calls, {plan.extra_calls} more for {plan.overload_s:.0f} s", [panel])
