"""``livecue bench cascade`` and ``livecue bench confidence``: what second decodes and probabilities are worth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import Plot, benchmark
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

_Limit = Annotated[int | None, typer.Option(min=1, help="Only so many recordings of a manifest.")]
_Harder = Annotated[
    bool, typer.Option("--harder", help="With noise, echo, low level, other tempo, and turns run together.")
]


def cascade(
    manifest: Annotated[Path, typer.Argument(help="JSON lines with `path` (or `path_8k`) and `text`.")],
    limit: _Limit = None,
    harder: _Harder = False,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Error rate against cost when the most troubled finals are decoded again, for every sign of trouble."""
    module = benchmark("bench.cascade")
    benchmark("bench.plot").check_picture(plot)
    settings = load_settings()
    report = _decode(
        lambda show: module.measure_cascade(settings, manifest, limit=limit, harder=harder, on_progress=show)
    )
    if plot is not None:
        module.draw_cascade(report, plot)
    if as_json:
        print_json(report)
        return
    print_table(
        ("effort", "cer_percent", "cost", "broken"),
        ((effort, *figures.values()) for effort, figures in report["efforts"].items()),
    )
    shares = ("0.1", "0.25", "0.5", "1.0")
    print_table(
        ("decoded again by", "second", *(f"CER at {share}" for share in shares)),
        (
            (name, second, *(_at(points, float(share)) for share in shares))
            for second, curves in report["curves"].items()
            for name, points in curves.items()
        ),
    )


def confidence(
    manifests: Annotated[list[Path], typer.Argument(help="JSON lines with `path` (or `path_8k`), `text`, `speaker`.")],
    limit: _Limit = None,
    harder: _Harder = False,
    as_json: AsJson = False,
) -> None:
    """Fit the confidence of words and say how honest it is on speakers that it was not fitted on."""
    module = benchmark("bench.calibration")
    settings = load_settings()
    report = _decode(
        lambda show: module.measure_confidence(settings, manifests, limit=limit, harder=harder, on_progress=show)
    )
    if as_json:
        print_json(report)
        return
    for name in ("reliability", "doubtful_below"):
        rows = report[name]
        print_table(tuple(rows[0]), (tuple(row.values()) for row in rows))


def _decode(measure: Callable[[Callable[[int, int], None]], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Run a measurement that decodes a manifest, with its progress on the screen."""
    from rich.progress import Progress

    from gateway.logs import quieten_logs

    quieten_logs(load_settings().log)
    with Progress(console=errors_console(), transient=True) as bars:
        task = bars.add_task("Decoding", total=None)

        def show(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        return run(lambda: asyncio.to_thread(measure, show))


def _at(points: list[Mapping[str, float]], share: float) -> float:
    """The error rate of the point next to that share."""
    return min(points, key=lambda point: abs(point["share"] - share))["cer_percent"]
