"""``livecue eval wrap-ups``: reasons and promises of summaries against calls whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings, print_table, results_console


def wrap_ups(
    file: Annotated[Path, typer.Argument(help="YAML of calls with their turns, reasons and promises.")],
    as_json: AsJson = False,
) -> None:
    """Precision and recall of reasons and promises, and how long a summary takes to write."""
    settings = load_settings()
    measure = benchmark("bench.wrapups").measure_wrap_ups
    report = watched(lambda _: measure(settings, file), begin="Reading the calls …")
    if as_json:
        print_report(report, as_json=True)
        return
    _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("precision", "recall", "found", "true", "both")
    rows = [(name, *(report[name][column] for column in columns)) for name in ("reasons", "promises")]
    print_table(("", *columns), rows)
    print_table(
        ("", ""), [(name, report[name]) for name in ("calls", "main_reason_right", "due_time_right", "kind_right")]
    )
    print_table(("", "n", "p50", "p95", "p99", "max"), [("wrap_up_ms", *report["wrap_up_ms"].values())])
    for mistake in cast("list[str]", report["mistakes"]):
        results_console().print(mistake, markup=False)
