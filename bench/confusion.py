"""The picture of an evaluation of labels: which is taken for which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pypinyin

from bench.plot import draw_table


def draw_confusion(path: Path, report: Mapping[str, Any]) -> None:
    """Of a report of ``livecue eval nlu``: a row per true label, shares of the row as shades, counts as numbers.

    Raises InputError "bad-picture", ConfigurationError "no-matplotlib".
    """
    confusion: Mapping[str, Mapping[str, int]] = report["confusion"]
    found = sorted({label for others in confusion.values() for label in others} - set(confusion))
    labels = [*confusion, *found]
    counts = [[confusion.get(true, {}).get(label, 0) for label in labels] for true in confusion]
    draw_table(
        path,
        f"{report['task']}: accuracy {report['accuracy']}, macro-F1 {report['macro_f1']}, {report['items']} items",
        rows=[_romanised(label) for label in confusion],
        columns=[_romanised(label) for label in labels],
        counts=counts,
        row_label="true",
        column_label="found",
    )


def _romanised(label: str) -> str:
    """As a picture can show it: Chinese in pinyin, other letters as question marks."""
    syllables = cast("list[str]", cast(Any, pypinyin).lazy_pinyin(label))
    return "".join(syllables).encode("ascii", "replace").decode()
