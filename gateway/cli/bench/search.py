"""``livecue bench search``: how fast calls are found in an archive of many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from assist.errors import ConfigurationError
from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings


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

    async def measure(show: Callable[[str], None]) -> Mapping[str, Any]:
        from gateway.wiring import open_placer

        async with open_placer(load_settings()) as placer:
            if placer is None:
                raise ConfigurationError("The model of the settings places no utterances.", code="no-places")
            return await module.measure_search(load, store, placer, on_progress=show)

    print_report(watched(measure, begin="Loading the model …", step="Now {} …"), as_json=as_json)
