"""``livecue eval moments``: what a playbook hears in single turns whose meaning is known."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings, print_table
from gateway.settings import SOURCE_ROOT

MOMENTS = SOURCE_ROOT / "bench" / "moments" / "telecom.jsonl"


class Half(StrEnum):
    """Which lines of the file."""

    ODD = "odd"
    EVEN = "even"
    ALL = "all"


def moments(
    file: Annotated[
        Path, typer.Argument(help="JSON lines with id, party, before, text and truth; default: bench/moments.")
    ] = MOMENTS,
    playbook: Annotated[str, typer.Option(help="Whose needs, reactions and rules are asked.")] = "telecom",
    half: Annotated[Half, typer.Option(help="Even lines are there to write rules by, odd ones to judge them.")] = (
        Half.ODD
    ),
    as_json: AsJson = False,
) -> None:
    """Precision and recall of each need, reaction and rule over moments, and what phrases alone would hear."""
    settings = load_settings()
    measure = benchmark("bench.spoken_moments").measure_moments
    report = watched(lambda _: measure(settings, file, playbook, half.value), begin="Reading the moments …")
    if as_json:
        print_report(report, as_json=True)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("expected", "found", "right", "precision", "recall")
    print_table(("", ""), [(name, report[name]) for name in ("moments", "half", "playbook", "understanding")])
    rows = [(name, *(report[name][column] for column in columns)) for name in ("heard", "by_phrases")]
    print_table(("", *columns), rows)
    keys = ("id", "near", *columns, "phrases_precision", "phrases_recall")
    print_table(keys, [tuple(row[key] for key in keys) for row in report["ids"]])
    listed = ("id", "mistake", "words")
    print_table(listed, [tuple(row[key] for key in listed) for row in report["mistakes"]])
