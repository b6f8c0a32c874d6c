"""``livecue bench engine``: what a decode costs, and how well it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, cast

import typer

from gateway.cli.bench.checkout import LOADING, Plot, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table

_AXES = ("vocabulary", "tail", "beam", "prompt", "repetition", "batch", "threads")
_COLUMNS = {
    "axis": "axis",
    "variant": "variant",
    "times_real_time": "× real time",
    "cpu_ms_per_audio_s": "CPU ms/s",
    "cer_percent": "CER %",
    "looped_or_capped": "loops",
}


def engine(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Manifests (.jsonl), or recordings with ground truth beside them; default: bundled calls."),
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, help="Of every variant, taking turns; the quickest counts.")] = 3,
    axis: Annotated[list[str] | None, typer.Option(help=f"Only these of {', '.join(_AXES)}; may be repeated.")] = None,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Throughput and error rate of the recogniser alone against tail, beam, batch, vocabulary and threads."""
    from gateway.bundled import bundled_calls
    from gateway.logs import quieten_logs

    unknown = set(axis or ()) - set(_AXES)
    if unknown:
        raise typer.BadParameter(f"choose from {', '.join(_AXES)}", param_hint="--axis")
    settings = load_settings()
    quieten_logs(settings.log)
    module = benchmark("bench.engine")
    benchmark("bench.plot").check_picture(plot)
    measure = partial(
        module.measure_engine, settings, files or bundled_calls(), repetitions=repetitions, axes=axis or ()
    )
    report = watched(
        lambda show: asyncio.to_thread(measure, on_progress=show), begin=LOADING, step="Decoding with {} …"
    )
    if plot is not None:
        module.draw_engine(report, plot)
    if as_json:
        print_json(report)
        return
    rows = cast("list[Mapping[str, object]]", report["variants"])
    print_table(tuple(_COLUMNS.values()), ([row[name] for name in _COLUMNS] for row in rows))
