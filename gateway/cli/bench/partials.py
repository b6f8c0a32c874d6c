"""``livecue bench partials``: how soon words are shown, and how much of that is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, cast

import typer

from gateway.cli.bench.checkout import LOADING, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table

_COLUMNS = (
    "interval_ms",
    "rule",
    "stable_percent",
    "stable_revised_percent",
    "emission_p50_ms",
    "flicker_percent",
    "churn_percent",
)


def partials(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Manifests (.jsonl) or recordings; default: the bundled calls."),
    ] = None,
    interval: Annotated[list[int] | None, typer.Option(help="Milliseconds of sound between two partials.")] = None,
    as_json: AsJson = False,
) -> None:
    """Stable text, flicker and delay by the recordings' own time: the same on every machine."""
    from gateway.bundled import bundled_calls
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    module = benchmark("bench.partials")
    measure = partial(module.measure, settings, files or bundled_calls(), intervals_ms=interval or module.INTERVALS_MS)
    report = watched(lambda show: asyncio.to_thread(measure, on_progress=show), begin=LOADING, step="Hearing with {} …")
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["rules"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
