"""``livecue bench rules``: what rules cost live, and how fast stored calls are replayed."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson, print_table


def rules(
    rules: Annotated[int, typer.Option(min=10, max=2_000, help="Rules under which utterances are timed.")] = 1_000,
    replay_rules: Annotated[int, typer.Option(min=10, max=2_000, help="Rules under which calls are replayed.")] = 300,
    calls: Annotated[int, typer.Option(min=1, help="Stored calls that are replayed.")] = 200,
    utterances: Annotated[int, typer.Option(min=2, max=1_000, help="Of each call.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Time of rules on one core, per utterance and tick, and stored calls replayed a minute."""
    module = benchmark("bench.rules")
    load = module.Load(rules, replay_rules, calls, utterances)
    report = watched(lambda show: module.measure_rules(load, on_progress=show), begin="Reading …", step="Now {} …")
    print_report(report, as_json=as_json)
    if not as_json:
        replayed = cast("dict[str, dict[str, object]]", report["replay"])
        columns = next(iter(replayed.values()))
        print_table(("replay", *columns), [(name, *group.values()) for name, group in replayed.items()])
