"""The picture of a report on experiments: lift with its interval, and the goal week by week."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assist.experiments.intervals import Rate
from assist.experiments.report import Comparison, ExperimentReport
from bench.plot import Panel, Series, draw


def draw_reports(path: Path, reports: Sequence[ExperimentReport]) -> None:
    """Two panels for each experiment, beside each other. Raises as ``bench.plot.draw``."""
    draw(path, "What prompts add", [panel for report in reports for panel in (_lifts(report), _weeks(report))])


def _lifts(report: ExperimentReport) -> Panel:
    told = [(one, one.lifts[report.goal]) for one in report.comparisons if report.goal in one.lifts]
    names = [_name(one) for one, _ in told]
    fixed, lasting = [lift.fixed for _, lift in told], [lift.lasting for _, lift in told]
    return Panel(
        title=f"{report.experiment}: lift of {report.goal}",
        x_label="group against group",
        y_label="percentage points",
        series=[
            Series(
                "whenever looked at",
                names,
                [100 * one.estimate for one in lasting],
                kind="ranges",
                low=[100 * one.low for one in lasting],
                high=[100 * one.high for one in lasting],
            ),
            Series(
                "looked at once",
                names,
                [100 * one.estimate for one in fixed],
                kind="ranges",
                low=[100 * one.low for one in fixed],
                high=[100 * one.high for one in fixed],
            ),
        ],
        limit=0.0,
    )


def _weeks(report: ExperimentReport) -> Panel:
    mondays = [f"{week.monday:%m-%d}" for week in report.weeks]
    return Panel(
        title=f"{report.experiment}: {report.goal} by week",
        x_label="week of",
        y_label="% of calls",
        series=[
            Series("shown", mondays, [_percent(week.shown) for week in report.weeks]),
            Series("held out", mondays, [_percent(week.held_out) for week in report.weeks]),
        ],
    )


def _percent(rate: Rate) -> float:
    return float("nan") if rate.share is None else 100 * rate.share


def _name(comparison: Comparison) -> str:
    return f"{comparison.group}\nagainst {comparison.against}"
