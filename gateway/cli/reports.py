"""``livecue report``: figures of the calls that a service has stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, results_console, run

if TYPE_CHECKING:
    from assist.reports.report import Report, Row

Name = Literal["quality", "service", "weakness"]
Rows = Literal["rule", "agent", "team", "reason", "week"]


def report(
    name: Name,
    by: Annotated[Rows | None, typer.Option(help="What the rows are.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; else eight weeks back.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included; else today.")
    ] = None,
    team: Annotated[list[str] | None, typer.Option(help="Calls of these teams only, by id or name.")] = None,
    agent: Annotated[list[str] | None, typer.Option(help="Calls of these agents only, by id or name.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="Calls for these reasons only; or unknown.")] = None,
    data_dir: DataDir = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    as_json: AsJson = False,
) -> None:
    """QA rates, service figures and weak points of stored calls, with their 95 % intervals."""
    settings = load_settings(data_dir=data_dir)

    async def read() -> Report:
        from assist.scope import EVERY_CALL
        from gateway.reports import ReportQuestion, read_report
        from gateway.wiring import open_stored

        question = ReportQuestion(
            by=by,
            since=since.date() if since else None,
            until=until.date() if until else None,
            team=team or [],
            agent=agent or [],
            reason=reason or [],
        )
        async with open_stored(settings) as stores:
            return await read_report(
                stores.reports, name, question, scope=EVERY_CALL, zone=settings.zone, now=datetime.now(UTC)
            )

    found = run(read)
    if as_json:
        print_json(asdict(found))
    elif as_csv:
        from gateway.reports import csv_of

        print("".join(csv_of(found, "en")), end="")
    else:
        _print(found)


def _print(report: Report) -> None:
    """The table for people."""
    from assist.reports.fields import FIELDS

    heads = [FIELDS[column].en.name for column in report.columns]
    rows = [(row.title or row.code, *_cells(report, row)) for row in (*report.rows, report.total)]
    print_table((report.by, *heads), rows)
    if report.is_cut:
        results_console().print("There are more rows; ask for fewer calls.")


def _cells(report: Report, row: Row) -> Iterator[str]:
    from gateway.reports import cell_text

    for column in report.columns:
        if column == "words":
            yield " ".join(word.text for word in row.words)
        else:
            yield cell_text(column, row.cells[column])
