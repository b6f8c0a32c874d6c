"""``livecue eval heard``: prompts heard in what agents say, and reactions in what customers answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, print_json, print_table


def heard(
    file: Annotated[Path, typer.Argument(help="YAML of cues, what was said, and reactions.")] = Path(
        "bench/heard.yaml"
    ),
    as_json: AsJson = False,
) -> None:
    """Precision and recall of what was said and of reactions, as calls are judged."""
    report = benchmark("bench.heard").measure_heard(file)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("rows", "true", "found", "precision", "recall", "f1")
    judged = {"said": report["cues"], "said, words alone": report["without_acts"], **report["reactions"]["per_class"]}
    print_table(("", *columns), [(name, *(row[column] for column in columns)) for name, row in judged.items()])
    print_table(("how", "rows", "heard"), [(how, *row.values()) for how, row in report["cues"]["by_how"].items()])
    swept = ("threshold", "precision", "recall", "precision_with_acts", "recall_with_acts")
    print_table(swept, [tuple(row[column] for column in swept) for row in report["sweep"]])
    print_table(("cue", "how", "score", "text"), [tuple(row.values()) for row in report["mistakes"]])
    print_table(("text", "true", "found"), [tuple(row.values()) for row in report["reactions"]["mistakes"]])
