"""What the measuring commands share. Their code is ``bench/``, which only a source checkout has."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from assist.errors import ConfigurationError
from gateway.cli.console import errors_console, print_json, print_table, run

Recordings = Annotated[
    list[Path] | None, typer.Argument(help="Recordings with ground truth beside them; default: the bundled calls.")
]
LOADING = "Loading the recogniser …"
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw the result into this PNG, SVG or PDF file.")]


def benchmark(name: str) -> Any:
    """A module of ``bench``. Raises ConfigurationError "no-benchmarks" in an installed copy, which has none."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in (name, name.partition(".")[0]):
            raise
        raise ConfigurationError(
            "Benchmarks are part of the source checkout; run this there.", code="no-benchmarks"
        ) from error


def watched(
    measure: Callable[[Callable[[str], None]], Coroutine[Any, Any, Mapping[str, Any]]],
    *,
    begin: str = "Starting the server …",
    step: str = "{}",
) -> Mapping[str, Any]:
    """The report of a measurement, which is given a way to say, on standard error, where it is.

    ``begin`` stands there before it has said anything, ``step`` around what it says.
    """
    with errors_console().status(begin) as status:
        return run(lambda: measure(lambda where: status.update(step.format(where))))


def print_report(report: Mapping[str, object], *, as_json: bool) -> None:
    """A whole report as JSON; for people its plain values and a table of each group of percentiles."""
    if as_json:
        print_json(report)
        return
    reasons = ", ".join(map(str, cast("Sequence[object]", report.get("reasons", ()))))
    values = {name: value for name, value in report.items() if not isinstance(value, Mapping | list | tuple)}
    print_table(("", ""), [*values.items(), *([("reasons", reasons)] if reasons else [])])
    groups = {name: cast("Mapping[str, object]", value) for name, value in report.items() if isinstance(value, Mapping)}
    columns = ("n", "p50", "p95", "p99", "max")
    rows = [(name, *(group[column] for column in columns)) for name, group in groups.items() if "p95" in group]
    if rows:
        print_table(("", *columns), rows)
