"""``livecue bench scheduling``: what the order of decodes is worth, by simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, print_json, print_table

_COLUMNS = (
    "calls",
    "rule",
    "final_p50_s",
    "final_p95_s",
    "partial_gap_p50_s",
    "partial_gap_p95_s",
    "busy_percent",
)


def scheduling(
    calls: Annotated[list[int] | None, typer.Option(help="Calls at once; may be given several times.")] = None,
    minutes: Annotated[float, typer.Option(help="Simulated time per rule.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Another seed makes other calls.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Compare rules for sharing two workers between finals, speculation and partials, on invented time."""
    report: Mapping[str, Any] = benchmark("bench.scheduling").compare(calls or [4, 8, 12], seed=seed, minutes=minutes)
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["rules"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
