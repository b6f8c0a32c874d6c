"""What hours of work leave behind: calls that come and go at the same rate, and the server's memory over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.child_server import child_server
from bench.conditions import conditions
from bench.figures import MB, Targets, Window, call_figures, failings, timed_turns, window_figures
from bench.load import STAGGER_S, Load, PlannedCall, run_load
from bench.plot import Panel, Series, draw
from bench.programme import read_recorded
from bench.trend import trend
from gateway.settings import Settings

PAUSE_S = 2.0
"""Between two calls of one line."""

SETTLING_S = 300.0
"""Memory may grow so long: caches and pools fill."""

MAX_SETTLING_SHARE = 0.3
"""Of the whole run, where that is short."""


@dataclass(frozen=True, slots=True)
class SoakPlan:
    """What to measure."""

    calls: int
    """At once."""
    seconds: float = 1_800.0
    call_s: float = 300.0
    """Length of one call; then the next begins."""
    memory_mb: float = 1_536.0
    growth_mb_per_min: float = 0.5
    """Certain growth after settling that still counts as none."""
    chunk_ms: int = 20
    targets: Targets = field(default_factory=Targets)

    def __post_init__(self) -> None:
        if self.calls < 1 or not min(self.seconds, self.call_s) > 0:
            raise ValueError("calls, seconds and call_s must be positive")

    @property
    def window(self) -> Window:
        """While all lines are busy, in seconds from the load's begin."""
        begin_s = (self.calls - 1) * STAGGER_S
        return Window(begin_s, begin_s + self.seconds)

    @property
    def planned_calls(self) -> Sequence[PlannedCall]:
        """Line by line, one call after the other; the last ends with the window."""
        planned: list[PlannedCall] = []
        for line in range(self.calls):
            starts_s = line * STAGGER_S
            while self.window.to_s - starts_s > PAUSE_S:
                duration_s = min(self.call_s, self.window.to_s - starts_s)
                planned.append(PlannedCall(len(planned), starts_s, duration_s, first_recording=len(planned)))
                starts_s += duration_s + PAUSE_S
        return planned


async def measure_soak(
    settings: Settings,
    recordings: Sequence[Path],
    plan: SoakPlan,
    *,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Memory over time with its verdict, and what the agents saw meanwhile.

    Raises InputError "bad-ground-truth" or "mixed-recordings" before anything is played.
    """
    recorded = read_recorded(recordings)
    before = conditions(settings)

    def tell(at_s: float) -> None:
        on_progress(f"{plan.calls} calls at once, {at_s / 60:.1f} of {plan.window.to_s / 60:.1f} minutes …")

    async with child_server({}) as server:
        load = await run_load(server, recorded, plan.planned_calls, chunk_ms=plan.chunk_ms, on_progress=tell)
    return soak_figures(load, plan) | {
        "recordings": [recording.name for recording in recordings],
        "conditions": before,
    }


def soak_figures(load: Load, plan: SoakPlan) -> dict[str, Any]:
    """The report of a load that has run."""
    figures = window_figures(load, plan.window, timed_turns(load), plan.targets)
    calls = call_figures(load)
    points = [(sample.at_s / 60, sample.server.rss_bytes / MB) for sample in load.samples]
    settled_min = min(SETTLING_S, MAX_SETTLING_SHARE * plan.seconds) / 60
    growth = trend([point for point in points if point[0] >= settled_min])
    most_mb = max(rss_mb for _, rss_mb in points)
    tests = {
        "too-much-memory": most_mb > plan.memory_mb,
        "memory-grows": growth.least > plan.growth_mb_per_min,
    }
    reasons = [*failings(figures, calls, plan.targets), *(code for code, is_failing in tests.items() if is_failing)]
    return {
        "calls": plan.calls,
        "calls_played": len(load.calls),
        "passes": not reasons,
        "reasons": reasons,
        "max_mb": round(most_mb, 1),
        "growth_mb_per_min": round(growth.slope, 3),
        "growth_error": round(growth.standard_error, 3) if math.isfinite(growth.standard_error) else None,
        "settled_after_min": round(settled_min, 1),
        **figures,
        **calls,
        "memory_over_time": [[round(at_min, 2), round(rss_mb, 1)] for at_min, rss_mb in points],
    }


def draw_soak(report: Mapping[str, Any], path: Path, plan: SoakPlan) -> None:
    """Memory over time."""
    rows: list[list[float]] = report["memory_over_time"]
    series = Series("server", [at_min for at_min, _ in rows], [rss_mb for _, rss_mb in rows])
    panel = Panel("Resident memory of the server", "minutes", "MB", [series], limit=plan.memory_mb)
    draw(path, f"{plan.calls} calls at once", [panel])
