"""``livecue bench reports``: how fast reports are made over an archive of many calls."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson


def reports(
    store: Annotated[str, typer.Option(help="A database that livecue bench search --store has filled.")],
    times: Annotated[int, typer.Option(min=3, help="How often each report is asked for.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Time from a question to each report; what figures are made of is given to the calls of --store, and stays."""
    module = benchmark("bench.reports")
    report = watched(lambda show: module.measure_reports(store, times=times, on_progress=show), step="Now {} …")
    print_report(report, as_json=as_json)
