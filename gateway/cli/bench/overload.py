"""``livecue bench overload``: what too many calls do to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from gateway.cli.bench.capacity import ChunkMs, NoAdmission, PartialEveryMs, TargetMs
from gateway.cli.bench.checkout import Plot, Recordings, benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings, print_table


def overload(
    files: Recordings = None,
    calls: Annotated[int, typer.Option(min=1, help="Calls that are carried in the long run.")] = 8,
    extra: Annotated[float, typer.Option(min=0.01, help="Share of more calls during the overload.")] = 0.3,
    minutes: Annotated[float, typer.Option(min=0.1, help="Length of the overload.")] = 3.0,
    around_minutes: Annotated[float, typer.Option(min=0.6, help="Length of the phases before and after it.")] = 2.0,
    target_ms: TargetMs = 1_500,
    partial_every_ms: PartialEveryMs = 3_000,
    no_admission: NoAdmission = False,
    chunk_ms: ChunkMs = 20,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Play more calls than are carried for a while and report what gave way, what was lost and when it was over."""
    from gateway.bundled import bundled_calls

    module, figures = benchmark("bench.overload"), benchmark("bench.figures")
    benchmark("bench.plot").check_picture(plot)
    plan = module.OverloadPlan(
        calls=calls,
        extra_share=extra,
        before_s=around_minutes * 60,
        overload_s=minutes * 60,
        after_s=around_minutes * 60,
        admits_all=no_admission,
        chunk_ms=chunk_ms,
        targets=figures.Targets(final_p95_ms=target_ms, text_gap_p95_ms=partial_every_ms),
    )
    settings = load_settings()
    report = watched(lambda show: module.measure_overload(settings, files or bundled_calls(), plan, on_progress=show))
    if plot is not None:
        module.draw_overload(report, plot, plan)
    print_report(report, as_json=as_json)
    if not as_json:
        print_phases(cast("Mapping[str, Mapping[str, Any]]", report["phases"]))


def print_phases(phases: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for each."""
    columns = ("", "turns", "final p50", "p95", "max", "gap p95", "cores")
    rows = (
        (
            name,
            phase["turns"],
            *(phase["final_ms"][share] for share in ("p50", "p95", "max")),
            phase["text_gap_ms"]["p95"],
            phase["cpu"]["server_cores"],
        )
        for name, phase in phases.items()
    )
    print_table(columns, rows)
