"""``livecue bench history``: how fast a customer's earlier calls are found among many stored ones."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson


def history(
    calls: Annotated[int, typer.Option(min=100, help="Stored calls.")] = 100_000,
    customers: Annotated[int, typer.Option(min=1, help="Who made them.")] = 10_000,
    lookups: Annotated[int, typer.Option(min=10, help="Look-ups that are timed.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Time from the question for a customer's earlier calls to the event, and of remembering a call that closes."""
    module = benchmark("bench.history")
    load = module.Load(calls, customers, lookups)
    report = watched(lambda show: module.measure_history(load, on_progress=show), begin="Writing …", step="Now {} …")
    print_report(report, as_json=as_json)
