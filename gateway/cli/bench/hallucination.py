"""``livecue bench hallucination``: words written where nobody speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from gateway.cli.bench.checkout import LOADING, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table

_COLUMNS = ("signal", "chars_per_min", "chars_alone", "chars_between_speech", "lost_speech_chars")


def hallucination(
    minutes: Annotated[float, typer.Option(help="How long each sound is heard.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed makes other samples of the same sounds.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Count the characters written for silence, noise, signalling tones and hold music, alone and between speech."""
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    measure = benchmark("bench.hallucination").measure
    report = watched(
        lambda show: measure(settings, minutes=minutes, seed=seed, on_progress=show),
        begin=LOADING,
        step="Listening to {} …",
    )
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["signals"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
    if not report["is_within_limit"]:
        raise typer.Exit(1)
