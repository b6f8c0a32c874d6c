"""``livecue bench experiments``: whether experiments tell the truth, on simulated calls with a known lift."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, errors_console, print_json, print_table


def experiments(
    experiments: Annotated[int, typer.Option(min=10, help="Simulated experiments for each truth.")] = 300,
    as_json: AsJson = False,
) -> None:
    """How often intervals hold the true lift, and how often prompts are muted, rightly and wrongly."""
    with errors_console().status("Simulating …") as status:
        report = benchmark("bench.experiments").report(experiments=experiments, progress=status.update)
    if as_json:
        print_json(report)
        return
    for rows in (report["rows"], report["together"]):
        print_table(rows[0], [row.values() for row in rows])
