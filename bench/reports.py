"""How fast reports are made over an archive that ``bench search`` has filled: half a year and the usual days.

What the archive's made-up calls lack (reason, which call about it, speeds, teams) is given to them first. The clock on
the wall tells, as the API sees it: the driver's thread and the intervals are part of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError
from assist.reports.report import DEFAULT_DAYS, LAYOUTS, By, Period, ReportName, period_of
from assist.search.query import Opened, Search
from assist.stores import schema
from assist.stores.database import Database
from assist.stores.reports import ReportStore
from models.load import percentile

TEAMS = 10
REPEATED = 9
"""One call of so many is about the same thing as one before."""


async def measure_reports(url: str, *, times: int, on_progress: Callable[[str], None]) -> Mapping[str, object]:
    """Milliseconds from question to report, by report, rows and days.

    Raises InputError "bench-no-calls" where the database holds no archive.
    """
    database = await Database.open(url)
    try:
        on_progress("giving calls what figures are made of")
        async with database.writing() as connection:
            calls, newest = await _prepare(connection)
        async with database.writing() as connection:
            await connection.execute(text("ANALYZE"))  # as a server's own upkeep does after a while
        store = ReportStore(database)
        report: dict[str, object] = {"dialect": database.engine.dialect.name, "calls": calls, "times": times}
        for name, by, days in _kinds():
            on_progress(f"{name} by {by} over {days} days")
            period = period_of(newest - timedelta(days=days - 1), newest, zone=UTC, now=datetime.now(UTC))
            report[f"{name}_by_{by}_{days}d_ms"] = _times(await _ask(store, name, by, period, times))
    finally:
        await database.close()
    return report


def _kinds() -> Iterator[tuple[ReportName, By, int]]:
    for days in (180, DEFAULT_DAYS):
        for name, layout in LAYOUTS.items():
            for by in layout.bys:
                yield name, by, days


async def _ask(store: ReportStore, name: ReportName, by: By, period: Period, times: int) -> Sequence[float]:
    search = Search((Opened(period.since, period.before),))
    taken_ms: list[float] = []
    for _ in range(times):
        begun_s = time.perf_counter()
        await store.report(name, by, period, search, {}, zone=UTC, now=period.before)
        taken_ms.append((time.perf_counter() - begun_s) * 1000)
    return taken_ms


async def _prepare(connection: AsyncConnection) -> tuple[int, date]:
    """How many calls there are, and the day of the newest."""
    calls, labels = schema.archive_calls.c, schema.archive_labels.c
    count, newest, told = (
        await connection.execute(select(func.count(), func.max(calls.opened_at), func.count(calls.reason)))
    ).one()
    if count == 0:
        raise InputError("The database holds no calls; fill it with livecue bench search.", code="bench-no-calls")
    if told == 0:
        wanted = select(func.min(labels.label)).where(labels.call_no == calls.call_no, labels.kind == "intent")
        await connection.execute(
            update(schema.archive_calls).values(
                reason=wanted.scalar_subquery(),
                repeat_no=1 + func.abs(calls.call_no) % REPEATED / (REPEATED - 1),
                agent_chars_per_min=200 + calls.call_no % 80,
                customer_chars_per_min=180 + calls.call_no % 70,
            )
        )
        agents = (await connection.execute(select(calls.agent_id).distinct().order_by(calls.agent_id))).scalars().all()
        teams = [{"team_id": f"team-{number}", "name": f"team {number}"} for number in range(TEAMS)]
        await connection.execute(insert(schema.teams), teams)
        members = [{"agent_id": one, "team_id": f"team-{n % TEAMS}"} for n, one in enumerate(agents) if one]
        await connection.execute(insert(schema.team_agents), members)
    return count, newest.date()


def _times(times_ms: Sequence[float]) -> Mapping[str, float]:
    shares = {f"p{share}": round(percentile(times_ms, share / 100), 1) for share in (50, 95, 99)}
    return {"n": len(times_ms), **shares, "max": round(max(times_ms), 1)}
