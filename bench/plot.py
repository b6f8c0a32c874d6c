"""Pictures of results; the only module that knows matplotlib, and it loads it when a picture is wanted.

Labels are English: the fonts that come with matplotlib have no Chinese.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assist.errors import ConfigurationError, InputError

FORMATS = (".png", ".svg", ".pdf")
PANEL_INCHES = (6.4, 3.6)
BARS_SHARE = 0.8
"""Of the room of a name, for the bars over it."""
CELL_INCHES, NAMES_INCHES = 0.3, 2.6
"""Of a table: a cell, and the names beside it."""
DARK_SHARE = 0.6
"""A cell above it is dark and its number white."""


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of points; ``x`` are numbers, or with the kinds "bars" and "ranges" the names of the groups."""

    name: str
    x: Sequence[float] | Sequence[str]
    y: Sequence[float]
    kind: Literal["line", "points", "bars", "ranges"] = "line"
    low: Sequence[float] = ()
    """With the kind "ranges": the lower end over each name."""
    high: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes; units belong into the labels."""

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    limit: float | None = None
    """A dashed line at this height: the target."""


def check_picture(path: Path | None) -> None:
    """Fail before a long measurement rather than after it.

    Raises InputError "bad-picture", ConfigurationError "no-matplotlib". None is no picture and always right.
    """
    if path is None:
        return
    if path.suffix.lower() not in FORMATS or not path.parent.is_dir():
        raise InputError(f"{path} must be a .png, .svg or .pdf in an existing directory.", code="bad-picture")
    _new_figure()


def draw(path: Path, title: str, panels: Sequence[Panel], *, columns: int = 2) -> None:
    """Write the panels, ``columns`` beside each other, into one file of the format its name ends in.

    Raises InputError "bad-picture", ConfigurationError "no-matplotlib".
    """
    check_picture(path)
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = _new_figure()
    figure.set_size_inches(PANEL_INCHES[0] * columns, PANEL_INCHES[1] * rows)
    figure.suptitle(title)
    for number, panel in enumerate(panels, start=1):
        _draw_panel(figure.add_subplot(rows, columns, number), panel)
    figure.savefig(path)


def draw_table(
    path: Path,
    title: str,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Sequence[Sequence[int]],
    row_label: str,
    column_label: str,
) -> None:
    """Write a table of counts: the darker a cell, the larger its share of the row.

    Raises InputError "bad-picture", ConfigurationError "no-matplotlib".
    """
    check_picture(path)
    figure = _new_figure()
    figure.set_size_inches(*(CELL_INCHES * len(names) + NAMES_INCHES for names in (columns, rows)))
    figure.suptitle(title)
    axes: Any = figure.add_subplot()
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90)
    axes.set_yticks(range(len(rows)), rows)
    axes.set(xlabel=column_label, ylabel=row_label)
    for row, several in enumerate(counts):
        for column, count in enumerate(several):
            if count:
                colour = "white" if shares[row][column] > DARK_SHARE else "black"
                axes.text(column, row, count, ha="center", va="center", fontsize="x-small", color=colour)
    figure.savefig(path)


def _draw_panel(axes: Any, panel: Panel) -> None:
    for series in panel.series:
        match series.kind:
            case "line":
                axes.plot(series.x, series.y, marker=".", label=series.name)
            case "points":
                axes.scatter(series.x, series.y, s=12, label=series.name)
            case "bars" | "ranges":
                pass
    _draw_bars(axes, [series for series in panel.series if series.kind == "bars"])
    _draw_ranges(axes, [series for series in panel.series if series.kind == "ranges"])
    if panel.limit is not None:
        axes.axhline(panel.limit, linestyle="--", linewidth=1, color="tab:red")
    axes.set(title=panel.title, xlabel=panel.x_label, ylabel=panel.y_label)
    axes.grid(visible=True, alpha=0.3)
    if len(panel.series) > 1:
        axes.legend(fontsize="small")


def _draw_bars(axes: Any, groups: Sequence[Series]) -> None:
    """Series with the same names, beside each other over each name."""
    if not groups:
        return
    width = BARS_SHARE / len(groups)
    names = groups[0].x
    for number, series in enumerate(groups):
        shift = (number - (len(groups) - 1) / 2) * width
        axes.bar([place + shift for place in range(len(names))], series.y, width, label=series.name)
    axes.set_xticks(range(len(names)), names)


def _draw_ranges(axes: Any, groups: Sequence[Series]) -> None:
    """Values with their ends, beside each other over each name."""
    if not groups:
        return
    width = BARS_SHARE / (2 * len(groups))
    names = groups[0].x
    for number, series in enumerate(groups):
        shift = (number - (len(groups) - 1) / 2) * width
        ends = (
            [y - low for y, low in zip(series.y, series.low, strict=True)],
            [high - y for y, high in zip(series.y, series.high, strict=True)],
        )
        places = [place + shift for place in range(len(names))]
        axes.errorbar(places, series.y, yerr=ends, fmt="o", capsize=4, label=series.name)
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.5, len(names) - 0.5)


def _new_figure() -> Any:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "Pictures need matplotlib: install the extra `dev`, or leave --plot out.", code="no-matplotlib"
        ) from error
    return Figure(layout="constrained")
