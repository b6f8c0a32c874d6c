"""``livecue bench voice``: what it costs to hear how utterances sound."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, cast

import typer

from gateway.cli.bench.checkout import LOADING, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table


def voice(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Manifests (.jsonl), or recordings with ground truth beside them; default: bundled calls."),
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, help="Of every utterance.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Time of a final with and without the voice being judged, and of the parts of that."""
    from gateway.bundled import bundled_calls
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    module = benchmark("bench.voice")
    measure = partial(module.measure_voice, settings, files or bundled_calls(), repetitions=repetitions)
    report = watched(lambda show: asyncio.to_thread(measure, on_progress=show), begin=LOADING, step="Listening to {} …")
    if as_json:
        print_json(report)
        return
    rows = cast("Mapping[str, Mapping[str, float]]", report["milliseconds"])
    print_table(("", "p50 ms", "p95 ms"), ((part.replace("_", " "), *row.values()) for part, row in rows.items()))
