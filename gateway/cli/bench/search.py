"""``livecue bench search``: how fast calls are found in an archive of many."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson


def search(
    calls: Annotated[int, typer.Option(min=100, help="Calls of the archive.")] = 100_000,
    utterances: Annotated[int, typer.Option(min=4, help="Of each call, on average.")] = 24,
    questions: Annotated[int, typer.Option(min=5, help="Of each kind that are timed.")] = 40,
    store: Annotated[
        str,
        typer.Option(
            help="An empty database to fill and keep, such as postgresql+asyncpg://user@host/bench; or one kept before."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Time from a question to the page of calls that answers it; the calls are made up, and stay in --store."""
    module = benchmark("bench.search")
    load = module.Load(calls, utterances, questions)
    report = watched(
        lambda show: module.measure_search(load, store, on_progress=show), begin="Writing …", step="Now {} …"
    )
    print_report(report, as_json=as_json)
