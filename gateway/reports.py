"""Reports as people ask for them, and as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assist.reports.fields import FIELDS, Asked, Unit
from assist.reports.figures import Cell
from assist.reports.report import By, Report, ReportName, Row, by_of, period_of
from assist.scope import CallScope
from assist.search.query import Condition, InTeam, Labelled, Of, Opened, Practised, Search
from assist.stores.reports import ReportStore
from gateway.archive import Values
from gateway.archive_export import BYTE_ORDER_MARK, csv_row

Language = Literal["zh", "en"]

_DECIMALS: dict[Unit, int] = {
    "calls": 0,
    "share": 4,
    "seconds": 1,
    "chars-per-min": 1,
    "per-call": 3,
    "points": 1,
    "words": 0,
}


class ReportQuestion(BaseModel):
    """Of which calls a report is: everything that is given has to hold, each list says "one of these"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: By | None = None
    """What its rows are; without it the usual."""
    since: date | None = None
    """First day; without it eight weeks before the last."""
    until: date | None = None
    """Last day, included; today without it."""
    team: Values = []
    """Id or name."""
    agent: Values = []
    """Id or name."""
    reason: Values = []
    """What the customer called about first of all; "unknown" where that is not known."""

    @property
    def asked(self) -> Asked:
        """Its filters, as the archive is asked for them, which finds practice as well."""
        lists = {"team": self.team, "agent": self.agent, "reason": self.reason}
        return {name: tuple(values) for name, values in lists.items() if values} | {"practice": ("false",)}

    def conditions(self) -> Iterator[Condition]:
        yield Practised(is_excluded=True)
        if self.team:
            yield InTeam(tuple(self.team))
        if self.agent:
            yield Of("agent", tuple(self.agent))
        if self.reason:
            yield Labelled("reason", tuple(self.reason))


async def read_report(
    store: ReportStore,
    name: ReportName,
    question: ReportQuestion,
    *,
    scope: CallScope,
    zone: tzinfo,
    now: datetime,
    has_audits: bool = True,
) -> Report:
    """A report over the calls of a scope; ``has_audits``: with what people judged.

    Raises InputError "report-bad-rows", "report-bad-period", StoreError.
    """
    by = by_of(name, question.by)
    period = period_of(question.since, question.until, zone=zone, now=now)
    search = Search((Opened(period.since, period.before), *question.conditions()), scope)
    return await store.report(name, by, period, search, question.asked, zone=zone, now=now, has_audits=has_audits)


def csv_of(report: Report, language: Language) -> Iterator[str]:
    """The report as a table, line by line: figures with bounds and of how many calls they tell; the total last."""
    heads = [report.by, "name"]
    for column in report.columns:
        name = FIELDS[column].zh.name if language == "zh" else FIELDS[column].en.name
        heads += [name] if column == "words" else [name, f"{name} low", f"{name} high", f"{name} n"]
    yield BYTE_ORDER_MARK + csv_row(tuple(heads))
    for row in (*report.rows, replace(report.total, title="")):
        yield csv_row(tuple(_cells(report, row)))


def cell_text(field_id: str, cell: Cell) -> str:
    """A figure with its bounds, for a table of plain text."""
    if cell.value is None:
        return "–"
    unit = FIELDS[field_id].unit

    def text(value: float) -> str:
        return f"{value:.1%}" if unit == "share" else f"{value:.{_DECIMALS[unit]}f}"

    bounds = "" if cell.low is None or cell.high is None else f" ({text(cell.low)}–{text(cell.high)})"
    return f"{text(cell.value)}{bounds}"


def _cells(report: Report, row: Row) -> Iterator[str]:
    yield row.code
    yield row.title
    for column in report.columns:
        if column == "words":
            yield " ".join(word.text for word in row.words)
            continue
        cell, decimals = row.cells[column], _DECIMALS[FIELDS[column].unit]
        for value in (cell.value, cell.low, cell.high):
            yield "" if value is None else f"{value:.{decimals}f}"
        yield str(cell.calls)
