"""``livecue eval advice``: prompts, flags and offers of playbooks against calls whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.bundled import CALLS_DIR, HOTLINES_DIR
from gateway.cli.bench.checkout import benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings, print_table
from gateway.settings import SOURCE_ROOT

DIALOGUES_DIR = SOURCE_ROOT / "bench" / "dialogues"


def advice(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Dialogues, truth beside recordings, folders; default: the demo calls and bench/dialogues."
        ),
    ] = None,
    heard: Annotated[
        list[Path] | None,
        typer.Option(
            help="Judge the calls as heard: events that `livecue transcribe --json` printed; may be repeated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Precision and recall of each rule, expected offers, and whether anything was sold where it must not be."""
    settings = load_settings()
    measure = benchmark("bench.advice").measure_advice
    paths = files or [CALLS_DIR, HOTLINES_DIR, DIALOGUES_DIR]
    report = watched(lambda _: measure(settings, paths, heard or []), begin="Reading the calls …")
    if as_json:
        print_report(report, as_json=True)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("expected", "found", "right", "precision", "recall")
    print_table(("", ""), [(name, report[name]) for name in ("calls", "turns", "words", "understanding")])
    print_table(("selling", ""), report["selling"].items())
    print_table(("while words go on", ""), report["early"].items())
    print_table(
        ("", *columns), [(name, *(report[name][column] for column in columns)) for name in ("prompts", "flags")]
    )
    keys = ("playbook", "kind", "rule", *columns)
    print_table(keys, [tuple(row[key] for key in keys) for row in report["rules"]])
    listed = ("call", "turn", "kind", "rule", "mistake", "words")
    print_table(listed, [tuple(row[key] for key in listed) for row in report["mistakes"]])
