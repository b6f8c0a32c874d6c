"""``livecue eval legs``: wrong legs that are found, and right ones that are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, print_json, print_table


def legs(
    recordings: Annotated[list[Path], typer.Argument(help="Stereo recordings, agent left; more than one.")],
    heard: Annotated[
        list[Path], typer.Option(help="What was heard in them: events that `livecue transcribe --json` printed.")
    ],
    as_json: AsJson = False,
) -> None:
    """Change the channels of recordings and tell what is found, and where; as they are nothing should be."""
    report = benchmark("bench.legs").measure_legs(recordings, heard)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("calls", "found", "within_minute", "at_s_p50", "at_s_max", "found_wrong")
    rows = report["changes"].items()
    print_table(("changed", *columns), [(name, *(row[column] for column in columns)) for name, row in rows])
