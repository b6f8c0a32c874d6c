"""How many live two-channel calls this machine carries: paced calls into a real server process, level by level."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from bench.child_server import child_server
from bench.conditions import conditions
from bench.figures import Targets, Window, call_figures, failings, timed_turns, window_figures
from bench.load import Load, run_load, steady_plan
from bench.plot import Panel, Series, draw
from bench.programme import Recorded, read_recorded
from gateway.settings import Settings

Level = Mapping[str, Any]
"""Figures of one number of calls."""

NO_ADMISSION = {
    "LIVECUE_LIMITS__FINAL_WAIT_S": "1000000",
    "LIVECUE_LIMITS__RECOGNISER_SHARE": "1000000",
    "LIVECUE_LIMITS__MAX_CALLS": "100000",
}
"""Settings that let every call in."""


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What to measure."""

    calls: tuple[int, ...]
    """Levels; a search begins with the first."""
    seconds: float = 300.0
    """How long all calls of a level are live together."""
    is_search: bool = False
    search_limit: int = 256
    """Most calls that a search tries."""
    admits_all: bool = False
    chunk_ms: int = 20
    targets: Targets = field(default_factory=Targets)

    def __post_init__(self) -> None:
        if not self.calls or min(self.calls) < 1 or not self.seconds > 0 or self.chunk_ms < 1:
            raise ValueError("calls, seconds and chunk_ms must be positive")

    @property
    def server_settings(self) -> Mapping[str, str]:
        """Environment variables of the server that is measured."""
        return NO_ADMISSION if self.admits_all else {}


async def measure_capacity(
    settings: Settings,
    recordings: Sequence[Path],
    plan: CapacityPlan,
    *,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Levels in the order they were measured, and the most calls that were carried.

    Raises InputError "bad-ground-truth" or "mixed-recordings" before anything is played.
    """
    recorded = read_recorded(recordings)
    before = conditions(settings)
    levels: list[Level] = []

    async def is_carried(calls: int) -> bool:
        level = await measure_level(recorded, calls, plan, on_progress=on_progress)
        levels.append(level)
        return level["passes"]

    if plan.is_search:
        await search_highest(is_carried, first=plan.calls[0], limit=plan.search_limit)
    else:
        for calls in plan.calls:
            await is_carried(calls)
    return {
        "most_calls_carried": max((level["calls"] for level in levels if level["passes"]), default=0),
        "targets": {"final_p95_ms": plan.targets.final_p95_ms, "text_gap_p95_ms": plan.targets.text_gap_p95_ms},
        "admits_all": plan.admits_all,
        "chunk_ms": plan.chunk_ms,
        "recordings": [recording.name for recording in recordings],
        "levels": levels,
        "conditions": before,
    }


async def measure_level(
    recordings: Sequence[Recorded], calls: int, plan: CapacityPlan, *, on_progress: Callable[[str], None]
) -> Level:
    """One number of calls on a fresh server: measured while all of them are live."""
    calls_plan = steady_plan(calls, seconds=plan.seconds)
    window = Window(calls_plan[-1].starts_s, calls_plan[-1].ends_s)

    def tell(at_s: float) -> None:
        on_progress(f"{calls} calls at once, {at_s:.0f} of {window.to_s:.0f} s …")

    async with child_server(plan.server_settings) as server:
        load = await run_load(server, recordings, calls_plan, chunk_ms=plan.chunk_ms, on_progress=tell)
    return level_figures(load, window, plan.targets)


def level_figures(load: Load, window: Window, targets: Targets) -> Level:
    """Figures and verdict of a steady load."""
    figures = window_figures(load, window, timed_turns(load), targets)
    calls = call_figures(load)
    reasons = failings(figures, calls, targets)
    return {"calls": len(load.calls), "passes": not reasons, "reasons": reasons, **figures, **calls}


async def search_highest(is_carried: Callable[[int], Awaitable[bool]], *, first: int, limit: int) -> int:
    """The highest number that is carried, each tried once: doubled or halved until both sides are known, then bisected.

    0 if not even one is carried; ``limit`` at most.
    """
    carried, too_many = 0, limit + 1
    trial = min(first, limit)
    while too_many - carried > 1:
        if await is_carried(trial):
            carried = trial
        else:
            too_many = trial
        trial = min(carried * 2, limit) if too_many > limit else (carried + too_many) // 2
    return carried


def draw_capacity(report: Mapping[str, object], path: Path) -> None:
    """Latency, text gaps, processor and memory against the number of calls."""
    levels = sorted(cast("Sequence[Level]", report["levels"]), key=lambda level: level["calls"])
    targets = cast("Mapping[str, float]", report["targets"])
    calls = [float(level["calls"]) for level in levels]

    def row(name: str, *keys: str) -> Series:
        values: list[float] = []
        for level in levels:
            value: Any = level
            for key in keys:
                value = value[key]
            values.append(float(value or 0))
        return Series(name, calls, values)

    draw(
        path,
        f"Live two-channel calls at once: {report['most_calls_carried']} carried",
        [
            Panel(
                "Finals after the end of speech",
                "calls",
                "ms",
                [row(name, "final_ms", name) for name in ("p50", "p95", "p99")],
                limit=targets["final_p95_ms"],
            ),
            Panel(
                "Longest time without new text in a turn",
                "calls",
                "ms",
                [row(name, "text_gap_ms", name) for name in ("p50", "p95")],
                limit=targets["text_gap_p95_ms"],
            ),
            Panel(
                "Processor",
                "calls",
                "cores",
                [row(name, "cpu", f"{name}_cores") for name in ("server", "clients", "others")],
            ),
            Panel("Server memory", "calls", "MB", [row(name, "memory", f"{name}_mb") for name in ("start", "max")]),
        ],
    )
