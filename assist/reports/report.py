"""The reports there are, and how one is put together from sums over calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from assist.errors import InputError
from assist.reports.fields import FIELDS, Asked
from assist.reports.figures import Cell, Sum, cell_of
from assist.reports.words import Word
from assist.search.query import UNKNOWN

ReportName = Literal["quality", "service", "weakness"]
By = Literal["rule", "agent", "team", "reason", "week"]
"""What the rows of a report are."""

MOST_ROWS = 200
"""Those with the most calls."""
MOST_DAYS = 366
DEFAULT_DAYS = 56
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in a report."""

    columns: tuple[str, ...]
    """Ids of fields, in the order of reading."""
    bys: tuple[By, ...]
    """What its rows may be, the usual one first."""


AUDITS = ("audited", "audited_score", "confirmed_share", "precision")
"""Figures that rest on what people judged; they are told where there are any, to those who may read reviews."""

LAYOUTS: Mapping[ReportName, Layout] = {
    "quality": Layout(
        ("calls", "breach_share", "at_risk_share", "abstained", "flags_per_call", *AUDITS),
        ("rule", "agent", "team", "reason", "week"),
    ),
    "service": Layout(
        (
            "calls",
            "handling_s",
            "silence_share",
            "overtalk_share",
            "agent_speed",
            "customer_speed",
            "repeat_share",
            "called_again_share",
        ),
        ("agent", "team", "reason", "week"),
    ),
    "weakness": Layout(
        (
            "calls",
            "calls_share",
            "angry_share",
            "disappointed_share",
            "anxious_share",
            "ends_unhappy_share",
            "called_again_share",
            "words",
        ),
        ("reason", "week"),
    ),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Calls opened in [since, before), aware times."""

    since: datetime
    before: datetime

    def weeks(self, zone: tzinfo) -> Sequence[Period]:
        """Its calendar weeks, Monday to Sunday in a zone; the first and the last may be parts of weeks."""
        cuts = [self.since]
        day = self.since.astimezone(zone).date()
        monday = day - timedelta(days=day.weekday()) + WEEK
        while (cut := _midnight(monday, zone)) < self.before:
            cuts.append(cut)
            monday += WEEK
        return [Period(*bounds) for bounds in zip(cuts, [*cuts[1:], self.before], strict=True)]


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of a row, summed up."""

    code: str | None
    """None: calls that have none."""
    title: str
    """For people; empty where the code has a name of its own."""
    sums: Sum
    asked: Asked | None
    """What finds its calls among those of the report; None where nothing does."""


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of some calls."""

    code: str
    """Of the rule, the agent …; of a week its first day; "unknown": calls that have none; "all": the whole report."""
    title: str
    cells: Mapping[str, Cell]
    """By field; words have none."""
    asked: Asked | None
    """The question to the archive that finds its calls; None where none can. A field's own is to be added."""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of closed calls."""

    name: ReportName
    by: By
    since: datetime
    before: datetime
    columns: tuple[str, ...]
    total: Row
    rows: tuple[Row, ...]
    is_cut: bool
    """There are more rows than are told."""
    words_of: int = 0
    """How many calls were looked at for words."""


def period_of(first: date | None, last: date | None, *, zone: tzinfo, now: datetime) -> Period:
    """Whole days in a zone, both included; without them the last eight weeks. Raises InputError "report-bad-period"."""
    last = last or now.astimezone(zone).date()
    try:
        first = first or last - timedelta(days=DEFAULT_DAYS - 1)
        period = Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))
    except OverflowError:
        raise InputError("A report is of days of the calendar.", code="report-bad-period") from None
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise InputError(
            f"A report has at most {MOST_DAYS} days, and does not end before it begins.", code="report-bad-period"
        )
    return period


def by_of(name: ReportName, by: By | None) -> By:
    """What the rows are, if nobody says so the usual. Raises InputError "report-bad-rows"."""
    bys = LAYOUTS[name].bys
    if by is not None and by not in bys:
        raise InputError(f"The rows of this report are one of {', '.join(bys)}.", code="report-bad-rows")
    return by or bys[0]


def report_of(
    name: ReportName,
    by: By,
    period: Period,
    asked: Asked,
    *,
    total: Sum,
    groups: Sequence[Group],
    words: Mapping[str, tuple[Word, ...]],
    words_of: int,
) -> Report:
    """A report of sums; ``asked`` found its calls, ``groups`` come in the order of the rows."""
    layout = LAYOUTS[name]
    left_out = () if total.get("audited") else AUDITS
    columns = tuple(one for one in layout.columns if _is_told(one, by) and one not in left_out)
    whole = {**asked, **_bounds(period)}
    figures = [one for one in columns if FIELDS[one].unit != "words"]

    def row(one: Group) -> Row:
        cells = {field_id: cell_of(field_id, one.sums, total) for field_id in figures}
        code = one.code or UNKNOWN
        return Row(code, one.title, cells, None if one.asked is None else {**whole, **one.asked}, words.get(code, ()))

    return Report(
        name,
        by,
        period.since,
        period.before,
        columns,
        row(Group("all", "", total, {})),
        tuple(map(row, groups[:MOST_ROWS])),
        is_cut=len(groups) > MOST_ROWS,
        words_of=words_of,
    )


def group_of(by: By, code: str | None, title: str, sums: Sum) -> Group:
    """The calls of one rule, agent, team or reason."""
    if code is None:
        return Group(None, title, sums, {"reason": (UNKNOWN,)} if by == "reason" else None)
    return Group(code, title, sums, {"flag" if by == "rule" else by: (code,)})


def week_groups(period: Period, zone: tzinfo, sums: Mapping[int, Sum]) -> Sequence[Group]:
    """All weeks of a period by their first day, also those without calls; ``sums``: by place."""
    return [
        Group(f"{week.since.astimezone(zone):%Y-%m-%d}", "", sums.get(place, {}), _bounds(week))
        for place, week in enumerate(period.weeks(zone))
    ]


def _is_told(field_id: str, by: By) -> bool:
    """Words are those of a reason; how many calls a rule looked at is not known, and a score is of a whole call."""
    return by == "reason" if field_id == "words" else by != "rule" or field_id not in ("calls", "audited_score")


def _bounds(period: Period) -> Asked:
    return {name: (at.isoformat(),) for name, at in (("since", period.since), ("before", period.before))}


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
