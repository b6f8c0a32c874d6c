"""``livecue bench partials``: how soon words are shown, and how much of that is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

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
    from gateway.demo import bundled_calls
    from gateway.logs import configure_logs

    settings = load_settings()
    configure_logs(settings.log.model_copy(update={"level": "warning"}))
    module = benchmark("bench.partials")
    with errors_console().status("Loading the recogniser …") as status:

        def show(name: str) -> None:
            status.update(f"Hearing with {name} …")

        async def measure() -> Mapping[str, Any]:
            return await asyncio.to_thread(
                module.measure,
                settings,
                files or bundled_calls(),
                intervals_ms=interval or module.INTERVALS_MS,
                on_progress=show,
            )

        report = run(measure)
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["rules"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
