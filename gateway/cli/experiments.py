"""``livecue experiments``: what prompts are worth, from the calls that a service has stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.bench.checkout import Plot, benchmark
from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, results_console, run

if TYPE_CHECKING:
    from assist.experiments.decision import Decision
    from assist.experiments.intervals import Interval
    from assist.experiments.report import Comparison, ExperimentReport
    from assist.playbook.offers.catalogue import Price

FEW = 3
"""Of more, each is told in a line."""

app = typer.Typer(no_args_is_help=True, help="What prompts are worth: hold-outs, variants, lift.")


@app.callback()
def experiments() -> None:
    """What prompts are worth: hold-outs, variants, lift."""


@app.command()
def report(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks back calls count.")] = 8,
    data_dir: DataDir = None,
    playbooks_dir: Annotated[Path | None, typer.Option(help="Directory of the playbooks.")] = None,
    plot: Plot = None,
    only: Annotated[str, typer.Option("--experiment", help="Only this one, by its id, with all its figures.")] = "",
    as_json: AsJson = False,
) -> None:
    """What each prompt under experiment adds to its goal, against calls that it was held out of."""
    settings = load_settings(data_dir=data_dir, playbooks_dir=playbooks_dir)
    if plot is not None:
        benchmark("bench.plot").check_picture(plot)

    async def read() -> Sequence[ExperimentReport]:
        from gateway.wiring import open_experiments

        async with open_experiments(settings) as live:
            return await live.reports(weeks=weeks)

    reports = [one for one in run(read) if only in ("", one.experiment)]
    if plot is not None and reports:
        benchmark("bench.experiment_picture").draw_reports(plot, reports)
    if as_json:
        print_json({"weeks": weeks, "experiments": [asdict(one) for one in reports]})
        return
    if not reports:
        results_console().print("No playbook in use has such an experiment." if only else "No playbook in use has one.")
    if len(reports) > FEW:
        _print_all(reports)
        return
    for one in reports:
        _print(one)


def _print_all(reports: Sequence[ExperimentReport]) -> None:
    """A line for each, those with the most calls first; ``--experiment`` tells more of one."""
    rows = sorted(reports, key=lambda one: sum(group.calls for group in one.groups[:2]), reverse=True)
    print_table(
        ("experiment", "prompt", "goal", "held out", "shown", "lift, whenever looked at", "verdict"),
        [
            (
                f"{one.playbook} / {one.experiment}",
                one.title,
                one.goal,
                *(group.calls for group in one.groups[:2]),
                _lift_in_short(one),
                "muted" if one.is_muted else one.comparisons[0].verdict if one.comparisons else "–",
            )
            for one in rows
        ],
    )
    results_console().print("--experiment ID tells all about one of them.", markup=False)


def _lift_in_short(report: ExperimentReport) -> str:
    if not report.comparisons or report.comparisons[0].verdict == "too-early":
        return "–"
    lift = report.comparisons[0].lifts.get(report.goal)
    return "–" if lift is None else _points(lift.lasting)


def _print(report: ExperimentReport) -> None:
    """Groups, comparisons, and what follows, for people."""
    from assist.playbook.experiments import MEASURES, Measure

    state = "muted" if report.is_muted else f"hold-out {report.hold_out:.0%}"
    results_console().print(
        f"{report.playbook} / {report.experiment}: goal {report.goal}, {state}", style="bold", markup=False
    )
    print_table(
        ("group", "calls", "seen", "said", "mean call", report.goal),
        [
            (
                group.name,
                group.calls,
                group.seen,
                group.said,
                "–" if group.handling_ms is None else f"{group.handling_ms / 1000:.0f} s",
                _share(group.outcomes[report.goal].share),
            )
            for group in report.groups
        ],
    )
    others: list[Measure] = [measure for measure in MEASURES if measure != report.goal]
    print_table(
        ("", *others),
        [(group.name, *(_percent(group.outcomes[measure].share) for measure in others)) for group in report.groups],
    )
    for comparison in report.comparisons:
        results_console().print(_line(report, comparison), markup=False)
    for line in _worth(report):
        results_console().print(line, markup=False)
    if report.hold_out and report.weeks:
        _print_weeks(report)
    if report.left_out:
        results_console().print(f"no room for it in {report.left_out} more calls", markup=False)
    if report.limited:
        results_console().print(f"fewer prompts after a full hour in {report.limited} more calls", markup=False)
    for decision in report.decisions:
        who = decision.by or "Livecue"
        results_console().print(
            f"{decision.at:%Y-%m-%d %H:%M} {decision.kind} by {who}: {_why(decision)}", markup=False
        )
    results_console().print()


def _worth(report: ExperimentReport) -> Iterator[str]:
    """What all calls that got the prompt brought in, and what they cost."""
    worth = report.worth
    if worth.gained is not None:
        yield f"gained: {_whole(worth.gained)} times {report.goal}"
    if worth.value is not None and report.price is not None:
        yield f"worth: {_whole(worth.value)} {_per(report.price)}"
    if worth.handling_ms is not None:
        yield f"agents' time: {_hours(worth.handling_ms)} h"


def _print_weeks(report: ExperimentReport) -> None:
    price = report.price
    print_table(
        (
            "week of",
            "calls",
            report.goal,
            "held out",
            f"{report.goal} without",
            "gained",
            *((f"worth {_per(price)}",) if price else ()),
            "agents' time, h",
        ),
        [
            (
                week.monday,
                week.shown.calls,
                "–" if week.shown.share is None else f"{week.shown.share:.1%}",
                week.held_out.calls,
                "–" if week.held_out.share is None else f"{week.held_out.share:.1%}",
                "–" if week.worth.gained is None else _whole(week.worth.gained),
                *(("–" if week.worth.value is None else _whole(week.worth.value),) if price else ()),
                "–" if week.worth.handling_ms is None else _hours(week.worth.handling_ms),
            )
            for week in report.weeks
        ],
    )


def _per(price: Price) -> str:
    return "once" if price.per == "once" else f"a {price.per}"


def _whole(interval: Interval) -> str:
    return f"{interval.estimate:+.0f} ({interval.low:+.0f} to {interval.high:+.0f})"


def _hours(interval: Interval) -> str:
    hours = [value / 3_600_000 for value in (interval.estimate, interval.low, interval.high)]
    return f"{hours[0]:+.1f} ({hours[1]:+.1f} to {hours[2]:+.1f})"


def _why(decision: Decision) -> str:
    """A person's words, or what Livecue's code stands for."""
    than, _, measure = decision.reason.partition("-")
    if decision.by or than not in ("less", "more", "best"):
        return decision.reason
    if than == "best":
        return f"variants share calls by how likely each is the best for {measure!r}"
    return f"calls that got the prompt came to {measure!r} clearly {than} often than calls that were held out"


def _line(report: ExperimentReport, comparison: Comparison) -> str:
    lift = comparison.lifts.get(report.goal)
    what = f"{comparison.group} against {comparison.against}: {comparison.verdict}"
    if lift is None:
        return what
    return f"{what}, {_points(lift.lasting)} whenever looked at, {_points(lift.fixed)} if looked at once"


def _points(interval: Interval) -> str:
    """A lift in hundredths with its bounds."""
    return f"{100 * interval.estimate:+.1f} ({100 * interval.low:+.1f} to {100 * interval.high:+.1f})"


def _share(interval: Interval | None) -> str:
    """A share with its bounds."""
    return "–" if interval is None else f"{interval.estimate:.1%} ({interval.low:.1%}–{interval.high:.1%})"


def _percent(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.estimate:.1%}"
