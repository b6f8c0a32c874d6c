"""``livecue eval search``: how well calls are found by words, by meaning and by both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from assist.errors import ConfigurationError
from gateway.cli.bench.checkout import benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table


def search(as_json: AsJson = False) -> None:
    """Recall and rank of the calls that answer 60 questions, asked as sentences and as words."""
    module = benchmark("bench.finding")

    async def measure(show: Callable[[str], None]) -> Mapping[str, Any]:
        from gateway.wiring import open_placer

        async with open_placer(load_settings()) as placer:
            if placer is None:
                raise ConfigurationError("The model of the settings places no utterances.", code="no-places")
            return await module.measure_finding(placer, on_progress=show)

    report = watched(measure, begin="Loading the model …", step="Now {} …")
    if as_json:
        print_json(report)
        return
    print_table(("", ""), [(name, value) for name, value in report.items() if not isinstance(value, Mapping)])
    groups = {name: cast("Mapping[str, object]", value) for name, value in report.items() if isinstance(value, Mapping)}
    columns = ("recall_at_10", "mrr", "without_answer")
    print_table(("", *columns), [(name, *(group[column] for column in columns)) for name, group in groups.items()])
