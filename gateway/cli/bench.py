"""``livecue bench``: measurements of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from assist.errors import ConfigurationError
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

app = typer.Typer(no_args_is_help=True, help="Measurements of this machine.")


@app.callback()
def bench() -> None:
    """Measurements of this machine."""


@app.command()
def latency(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings with ground truth beside them; default: a bundled call.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play calls at real speed and report how long the agent waits for words."""
    from gateway.demo import bundled_calls
    from gateway.logs import configure_logs

    settings = load_settings()
    configure_logs(settings.log.model_copy(update={"level": "warning"}))
    measure = _benchmark("bench.latency").measure
    recordings = files or bundled_calls()[:1]
    with errors_console().status("Loading the recogniser …") as status:

        def show(name: str) -> None:
            status.update(f"Playing {name} at real speed …")

        result: Mapping[str, object] = run(lambda: measure(settings, recordings, on_progress=show))
    if as_json:
        print_json(result)
        return
    columns = ("n", "p50", "p95", "p99", "max")
    tables = {name: cast("Mapping[str, float]", value) for name, value in result.items() if name.endswith("_ms")}
    print_table(("", *columns), ((name, *(row[column] for column in columns)) for name, row in tables.items()))


def _benchmark(name: str) -> Any:
    """A module of ``bench``. Raises ConfigurationError "no-benchmarks" in an installed copy, which has none."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in (name, name.partition(".")[0]):
            raise
        raise ConfigurationError(
            "Benchmarks are part of the source checkout; run this there.", code="no-benchmarks"
        ) from error
