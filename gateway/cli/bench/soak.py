"""``livecue bench soak``: what long work leaves behind."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.capacity import ChunkMs
from gateway.cli.bench.checkout import Plot, Recordings, benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings


def soak(
    files: Recordings = None,
    calls: Annotated[int, typer.Option(min=1, help="Calls at once.")] = 8,
    minutes: Annotated[float, typer.Option(min=0.5, help="Length of the whole run.")] = 30.0,
    call_minutes: Annotated[float, typer.Option(min=0.2, help="Length of one call; then the next begins.")] = 5.0,
    memory_mb: Annotated[float, typer.Option(min=1, help="Memory that the server may take.")] = 1_536.0,
    chunk_ms: ChunkMs = 20,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Let calls come and go for a long time and report the server's memory."""
    from gateway.bundled import bundled_calls

    module = benchmark("bench.soak")
    benchmark("bench.plot").check_picture(plot)
    plan = module.SoakPlan(
        calls=calls, seconds=minutes * 60, call_s=call_minutes * 60, memory_mb=memory_mb, chunk_ms=chunk_ms
    )
    settings = load_settings()
    report = watched(lambda show: module.measure_soak(settings, files or bundled_calls(), plan, on_progress=show))
    if plot is not None:
        module.draw_soak(report, plot, plan)
    print_report(report, as_json=as_json)
