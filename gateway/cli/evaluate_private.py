"""``livecue eval pii``: how much of what is private is found in dialogues in which people marked it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.console import AsJson, print_json, print_table


class HalfName(StrEnum):
    """Which dialogues are taken."""

    ALL = "all"
    TUNING = "tuning"
    HELD_OUT = "held-out"


def pii(
    file: Annotated[Path, typer.Argument(help="Lines `a: …` and `c: …` with `[words](kind)`; dialogues apart.")],
    half: Annotated[HalfName, typer.Option(help="Every other dialogue is held out.")] = HalfName.ALL,
    worst: Annotated[int, typer.Option(min=0, help="Turns listed in which too little or too much is masked.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Precision and recall of private words by kind, and what would stay in clear."""
    from nlp.evaluation import private_report

    report = private_report(file, half.value)
    report["mistakes"] = report["mistakes"][:worst]
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    kinds = {"all": report["all"], **report["kinds"]}
    print_table(("", ""), [(name, value) for name, value in report.items() if not isinstance(value, dict | list)])
    print_table(("kind", *report["all"]), [(kind, *scores.values()) for kind, scores in kinds.items()])
    if report["mistakes"]:
        columns = ("line", "text", "marked", "found")
        rows = [
            (row["line"], row["text"], *(" ".join(row[name]) for name in columns[2:])) for row in report["mistakes"]
        ]
        print_table(columns, rows)
