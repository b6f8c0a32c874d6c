"""What a ReportStore must do, beside the CallStore and the archive of the same database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from assist.messages import CallRepeated, CustomerHistory, Verdict
from assist.reports.fields import FIELDS, Asked
from assist.reports.report import LAYOUTS, By, Report, ReportName, period_of
from assist.scope import EVERY_CALL, NO_CALL, CallScope
from assist.search.query import (
    Condition,
    Flagged,
    InTeam,
    LabelKind,
    Labelled,
    Of,
    Opened,
    Repeated,
    Search,
)
from assist.stores import Stores, open_stores
from tests.support.archived_calls import archived_log, felt, flagged, overtalk, said, silent
from tests.support.past_calls import NOW, wrap_up

ZONE = ZoneInfo("Asia/Shanghai")
KNOWN = CustomerHistory(at_ms=0, customer_id="1", took_ms=1)
AGAIN = CallRepeated(at_ms=0, intent="fault_broadband", utterance_id="u", number=2)
HOURS_OF_WEEK = 7 * 24
EVERYTHING: Asked = {}


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        for log in CALLS:
            await opened.calls.append(log)
        yield opened


CALLS = (
    archived_log(
        "first",
        *said(("customer", "宽带断了")),
        KNOWN,
        wrap_up(reasons=("fault_broadband",)),
        felt("angry", -0.8),
        flagged("forbidden-words"),
        flagged("greeting", "met", "minor"),
        silent(0, 30_000),
        overtalk(6_000),
        hours_ago=2 * HOURS_OF_WEEK,
        agent_id="8001",
    ),
    archived_log(
        "second",
        KNOWN,
        AGAIN,
        wrap_up(reasons=("fault_broadband",)),
        felt("angry", -0.8),
        felt("neutral", 0.0, at_ms=5_000),
        flagged("forbidden-words", "abstained"),
        hours_ago=2 * HOURS_OF_WEEK - 24,
        agent_id="8001",
        duration_ms=120_000,
    ),
    archived_log(
        "third",
        KNOWN,
        wrap_up(reasons=("query_usage",)),
        felt("happy", 0.8),
        flagged("price", "at_risk"),
        flagged("forbidden-words", flag_id="a"),
        flagged("forbidden-words", flag_id="b"),
        hours_ago=24,
        agent_id="8002",
    ),
    archived_log("fourth", hours_ago=2, agent_id="8002"),
)


def search_of(asked: Asked, scope: CallScope = EVERY_CALL) -> Search:
    """What the archive is asked for a figure's calls."""
    conditions: list[Condition] = []
    for name, values in asked.items():
        if name in ("since", "before"):
            at = datetime.fromisoformat(values[0])
            conditions.append(Opened(at) if name == "since" else Opened(None, at))
        elif name in ("repeat", "called_again"):
            conditions.append(Repeated("repeat" if name == "repeat" else "called-again"))
        elif name == "agent":
            conditions.append(Of("agent", tuple(values)))
        elif name == "team":
            conditions.append(InTeam(tuple(values)))
        elif name == "flag":
            conditions.append(Flagged(tuple(values), cast("tuple[Verdict, ...]", tuple(asked["verdict"]))))
        elif name == "verdict":
            if "flag" not in asked:
                conditions.append(Flagged((), cast("tuple[Verdict, ...]", tuple(values))))
        else:
            conditions.append(Labelled(cast("LabelKind", name), tuple(values)))
    return Search(tuple(conditions), scope)


async def report(
    stores: Stores,
    name: ReportName,
    by: By,
    *,
    scope: CallScope = EVERY_CALL,
    weeks: int = 3,
    asked: Asked = EVERYTHING,
) -> Report:
    today = NOW.astimezone(ZONE).date()
    period = period_of(today - timedelta(weeks=weeks), today, zone=ZONE, now=NOW)
    whole = {**asked, "since": (period.since.isoformat(),), "before": (period.before.isoformat(),)}
    return await stores.reports.report(name, by, period, search_of(whole, scope), asked, zone=ZONE, now=NOW)


def told(found: Report, *columns: str) -> dict[str, list[float | None]]:
    """Values rounded, by row."""
    rows = (*found.rows, found.total)
    return {row.code: [None if (v := row.cells[one].value) is None else round(v, 3) for one in columns] for row in rows}


async def test_flags_are_counted_by_rule_call_by_call(stores: Stores) -> None:
    found = await report(stores, "quality", "rule")
    assert told(found, "breach_share", "at_risk_share", "abstained", "flags_per_call") == {
        "forbidden-words": [0.667, 0.0, 1.0, 0.75],
        "greeting": [0.0, 0.0, 0.0, 0.0],
        "price": [0.0, 0.25, 0.0, 0.25],
        "all": [0.667, 0.333, 1.0, 1.0],
    }
    first = found.rows[0]
    assert (first.title, first.cells["breach_share"].calls) == ("forbidden-words的标题", 3)
    low, high = first.cells["breach_share"].low, first.cells["breach_share"].high
    assert (round(low or 0, 4), round(high or 0, 4)) == (0.2077, 0.9385)


async def test_flags_are_counted_by_agent(stores: Stores) -> None:
    found = await report(stores, "quality", "agent")
    assert told(found, "calls", "breach_share", "flags_per_call") == {
        "8001": [2.0, 1.0, 0.5],
        "8002": [2.0, 0.5, 1.5],
        "all": [4.0, 0.667, 1.0],
    }
    assert {row.title for row in found.rows} == {"小王"}


async def test_conduct_is_told_by_agent(stores: Stores) -> None:
    found = await report(stores, "service", "agent")
    assert told(found, "handling_s", "silence_share", "overtalk_share", "repeat_share", "called_again_share") == {
        "8001": [90.0, 0.167, 0.033, 0.5, 0.5],
        "8002": [60.0, 0.0, 0.0, 0.0, None],
        "all": [75.0, 0.1, 0.02, 0.333, 0.5],
    }


async def test_a_call_within_seven_days_is_followed_before_they_are_over(stores: Stores) -> None:
    await stores.calls.append(archived_log("fifth", KNOWN, wrap_up(reasons=("query_usage",)), hours_ago=1))
    found = await report(stores, "service", "reason")
    assert told(found, "calls", "called_again_share")["query_usage"] == [2.0, 1.0]


async def test_weeks_are_all_told_and_begin_on_mondays_of_the_zone(stores: Stores) -> None:
    found = await report(stores, "service", "week")
    assert told(found, "calls") == {
        "2026-02-16": [0.0],
        "2026-02-23": [2.0],
        "2026-03-02": [1.0],
        "2026-03-09": [1.0],
        "all": [4.0],
    }


async def test_feelings_and_words_are_told_by_reason(stores: Stores) -> None:
    found = await report(stores, "weakness", "reason")
    assert told(found, "calls", "calls_share", "angry_share", "ends_unhappy_share") == {
        "fault_broadband": [2.0, 0.5, 1.0, 0.5],
        "query_usage": [1.0, 0.25, 0.0, 0.0],
        "unknown": [1.0, 0.25, None, None],
        "all": [4.0, 1.0, 0.667, 0.333],
    }
    assert found.words_of == 4


async def test_telling_words_are_found_among_the_tokens_of_the_archive(stores: Stores) -> None:
    for number in range(20):
        fault = archived_log(
            f"f{number}", *said(("customer", "家里宽带断网了")), wrap_up(reasons=("fault_broadband",)), hours_ago=3
        )
        usage = archived_log(
            f"u{number}", *said(("customer", "我流量用超了")), wrap_up(reasons=("query_usage",)), hours_ago=3
        )
        await stores.calls.append(fault)
        await stores.calls.append(usage)
    found = await report(stores, "weakness", "reason")
    words = {row.code: [word.text for word in row.words] for row in found.rows}
    assert words["fault_broadband"][0] == "家里宽带断网"
    assert words["query_usage"][0] == "流量用超"
    assert words["unknown"] == []


async def test_teams_are_told_by_their_agents(stores: Stores) -> None:
    await stores.teams.put("装维一班", agents=["8001"], people=[], by="u")
    found = await report(stores, "quality", "team")
    assert told(found, "calls")["装维一班"] == [2.0]
    assert [row.code for row in found.rows] == ["装维一班", "unknown"]
    alone = await report(stores, "quality", "agent", asked={"team": ("装维一班",)})
    assert [row.code for row in alone.rows] == ["8001"]


async def test_only_calls_that_may_be_seen_are_counted(stores: Stores) -> None:
    own = await report(stores, "quality", "agent", scope=CallScope(frozenset({"8002"})))
    assert told(own, "calls") == {"8002": [2.0], "all": [2.0]}
    nothing = await report(stores, "weakness", "reason", scope=NO_CALL)
    assert nothing.rows == ()
    assert nothing.total.cells["angry_share"].value is None


@pytest.mark.parametrize(("name", "by"), [(name, by) for name, layout in LAYOUTS.items() for by in layout.bys])
async def test_the_search_of_every_figure_finds_the_calls_it_counts(stores: Stores, name: ReportName, by: By) -> None:
    found = await report(stores, name, by)
    for row in (*found.rows, found.total):
        for one, cell in row.cells.items():
            field = FIELDS[one]
            if row.asked is None or field.asked is None or cell.value is None or field.unit not in ("calls", "share"):
                continue
            if by == "rule" and not field.asked:
                continue
            if field.unit == "share":
                counted = cell.value * cell.calls if field.asked else row.cells["calls"].value or 0
            else:
                counted = cell.value
            assert await stores.archive.count(search_of({**row.asked, **field.asked})) == round(counted), (
                row.code,
                one,
            )
