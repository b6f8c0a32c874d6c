"""``livecue bench nlu``: what understanding a turn costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import Plot, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table
from gateway.cli.evaluate_nlu import MODEL, Model, TaskName, label_mapping, locate_model, read_examination

TextChars = Annotated[int, typer.Option(min=1, max=1_000, help="Length of the turn whose time comes first.")]


def nlu(
    text_chars: TextChars = 17,
    repetitions: Annotated[int, typer.Option(min=1, help="Of every turn.")] = 200,
    batch_seconds: Annotated[float, typer.Option(min=0.01, help="Given to every size of batch.")] = 2.0,
    labelled: Annotated[
        Path | None, typer.Option(help="Labelled turns, as `eval nlu` takes them: what homophones cost.")
    ] = None,
    task: Annotated[TaskName, typer.Option(help="What the labels are of.")] = TaskName.INTENT,
    mapping: Annotated[Path | None, typer.Option(help="YAML, as `eval nlu` takes it.")] = None,
    model: Model = MODEL,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Time, throughput and memory of the language model on one core, and of its linear half beside it."""
    module = benchmark("bench.nlu")
    benchmark("bench.plot").check_picture(plot)
    directory = locate_model(model)
    examination = labelled and read_examination(labelled, task.value, label_mapping(task.value, mapping))
    measure = partial(
        module.measure_nlu,
        load_settings(),
        directory,
        text_chars=text_chars,
        repetitions=repetitions,
        batch_s=batch_seconds,
        labelled=examination,
    )
    report = watched(
        lambda show: asyncio.to_thread(measure, on_progress=show),
        begin="Loading the model …",
        step="Understanding {} …",
    )
    if plot is not None:
        module.draw_nlu(report, plot)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    print_table(("", ""), ((name, report[name]) for name in ("model", "files_mb", "load_s", "resident_mb")))
    columns = ("chars", "pieces", "context", "p50 ms", "p95 ms", "linear p50", "linear p95")
    print_table(columns, (_latency_cells(row) for row in report["latency"]))
    for name in ("throughput", "noise"):
        if report[name]:
            print_table(tuple(report[name][0]), (tuple(row.values()) for row in report[name]))


def _latency_cells(row: Mapping[str, Any]) -> Iterator[object]:
    yield from (row["chars"], row["pieces"], "yes" if row["has_context"] else "")
    yield from (row[system][share] for system in ("whole_ms", "linear_ms") for share in ("p50", "p95"))
