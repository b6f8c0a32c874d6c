"""``livecue bench capacity``: how many live calls this machine carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import typer

from assist.errors import InputError
from gateway.cli.bench.checkout import Plot, Recordings, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table

NoAdmission = Annotated[
    bool, typer.Option("--no-admission", help="Let every call in; otherwise a refused call is reported as such.")
]
ChunkMs = Annotated[int, typer.Option(min=10, max=200, help="Length of a client's audio messages.")]
TargetMs = Annotated[float, typer.Option(min=1, help="Finals after the end of speech, p95.")]
PartialEveryMs = Annotated[float, typer.Option(min=1, help="Longest time without new text while spoken, p95.")]


def capacity(
    files: Recordings = None,
    calls: Annotated[str, typer.Option(help="Calls at once, level by level.")] = "4,8",
    minutes: Annotated[float, typer.Option(min=0.1, help="How long all calls of a level are live together.")] = 5.0,
    target_ms: TargetMs = 1_500,
    partial_every_ms: PartialEveryMs = 3_000,
    search: Annotated[bool, typer.Option("--search", help="Find the highest level that passes.")] = False,
    no_admission: NoAdmission = False,
    chunk_ms: ChunkMs = 20,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Play paced live calls into a server of its own and report latencies, loss, processor and memory per level."""
    from gateway.bundled import bundled_calls

    module, figures = benchmark("bench.capacity"), benchmark("bench.figures")
    benchmark("bench.plot").check_picture(plot)
    plan = module.CapacityPlan(
        calls=read_levels(calls),
        seconds=minutes * 60,
        is_search=search,
        admits_all=no_admission,
        chunk_ms=chunk_ms,
        targets=figures.Targets(final_p95_ms=target_ms, text_gap_p95_ms=partial_every_ms),
    )
    settings = load_settings()
    report = watched(lambda show: module.measure_capacity(settings, files or bundled_calls(), plan, on_progress=show))
    if plot is not None:
        module.draw_capacity(report, plot)
    if as_json:
        print_json(report)
    else:
        _print_levels(report)


def read_levels(text: str) -> tuple[int, ...]:
    """Numbers of calls from "4,8,10". Raises InputError "bad-calls"."""
    try:
        levels = tuple(int(part) for part in text.split(","))
    except ValueError:
        levels = (0,)
    if min(levels) < 1:
        raise InputError(f"{text!r} must be numbers of calls such as 4,8,10.", code="bad-calls")
    return levels


def _print_levels(report: Mapping[str, object]) -> None:
    levels = cast("Sequence[Mapping[str, Any]]", report["levels"])
    columns = ("calls", "final p50", "p95", "p99", "gap p95", "growth/min", "cores", "MB", "verdict")
    rows = (
        (
            level["calls"],
            level["final_ms"]["p50"],
            level["final_ms"]["p95"],
            level["final_ms"]["p99"],
            level["text_gap_ms"]["p95"],
            level["final_growth_ms_per_min"],
            level["cpu"]["server_cores"],
            level["memory"]["max_mb"],
            "carried" if level["passes"] else ", ".join(level["reasons"]),
        )
        for level in levels
    )
    print_table(columns, rows)
    print(f"Most calls carried: {report['most_calls_carried']}")
