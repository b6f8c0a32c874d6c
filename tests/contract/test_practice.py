"""What is practised on the softphone is stored and found like any call, and counts in no figure."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import text

from assist.messages import CallOpened, CustomerHistory, Envelope
from assist.ports import CallQuery
from assist.quality.draw import Plan
from assist.scope import EVERY_CALL
from assist.search.language import conditions_of
from assist.search.query import PageWanted, Search
from assist.stores import Stores, open_stores
from assist.stores.database import Database
from assist.stores.migrations import migration_config
from gateway.reports import ReportQuestion, read_report
from gateway.softphone import SOURCE
from tests.support.archived_calls import archived_log, flagged, said
from tests.support.past_calls import NOW, wrap_up
from tests.support.trials import log_of, prompt_of

ZONE = ZoneInfo("Asia/Shanghai")
KNOWN = CustomerHistory(at_ms=0, customer_id="1", took_ms=1)
SPOKEN = said(("customer", "宽带断了"))


def practised(log: Sequence[Envelope]) -> list[Envelope]:
    """The call as one of the softphone."""
    opening = log[0].event
    assert isinstance(opening, CallOpened)
    return [log[0].model_copy(update={"event": opening.model_copy(update={"source": SOURCE})}), *log[1:]]


def call(call_id: str, hours_ago: float) -> list[Envelope]:
    about = wrap_up(reasons=("fault_broadband",))
    return archived_log(call_id, *SPOKEN, KNOWN, about, flagged("forbidden-words"), hours_ago=hours_ago)


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    """One call that was served, and one after it in which the same was practised."""
    async with open_stores(store_url) as opened:
        await opened.calls.append(call("served", 24 * 8))
        await opened.calls.append(practised(call("practised", 24 * 7)))
        yield opened


async def found(stores: Stores, asked: str) -> list[str]:
    search = Search(conditions_of(asked, zone=ZONE, now=NOW))
    return sorted(one.document.call_id for one in (await stores.archive.find(search, PageWanted())).calls)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("宽带", ["practised", "served"]),
        ("practice:yes", ["practised"]),
        ("宽带 练习:是", ["practised"]),
        ("practice:no", ["served"]),
        ("-practice:yes", ["served"]),
    ],
)
async def test_practice_is_found_and_told_apart(stores: Stores, asked: str, expected: list[str]) -> None:
    assert await found(stores, asked) == expected


async def test_no_report_counts_practice(stores: Stores) -> None:
    question = ReportQuestion(by="reason")
    for name in ("quality", "service", "weakness"):
        told = await read_report(stores.reports, name, question, scope=EVERY_CALL, zone=ZONE, now=NOW)
        assert told.total.cells["calls"].value == 1
        assert told.total.asked is not None
        assert told.total.asked["practice"] == ("false",)


async def test_practice_makes_no_repeat_call_of_what_was_served(stores: Stores) -> None:
    told = await read_report(stores.reports, "service", ReportQuestion(), scope=EVERY_CALL, zone=ZONE, now=NOW)
    assert told.total.cells["called_again_share"].value == 0.0
    assert await found(stores, "called-again:yes") == []
    records = await stores.history.calls_of("1", since=NOW - timedelta(days=30), before=NOW, limit=10)
    assert [record.call.call_id for record in records] == ["served"]


async def test_no_experiment_counts_practice(stores: Stores) -> None:
    await stores.calls.append(log_of("trial", prompt_of(call_id="trial")))
    await stores.calls.append(practised(log_of("drill", prompt_of(call_id="drill"))))
    opened_at = (await stores.calls.envelopes("trial", limit=1))[0].at
    trials = await stores.experiments.trials("small", since=opened_at - timedelta(days=30), limit=10)
    assert [trial.call_id for trial in trials] == ["trial"]


async def test_the_list_of_calls_leaves_practice_out_where_it_is_asked_to(stores: Stores) -> None:
    assert [one.call_id for one in await stores.calls.calls(CallQuery())] == ["practised", "served"]
    assert [one.call_id for one in await stores.calls.calls(CallQuery(with_practice=False))] == ["served"]


async def test_practice_is_not_drawn_to_be_reviewed(stores: Stores) -> None:
    plan = Plan(risk_calls=5, random_calls=5, seed="s")
    served = await stores.calls.summary("served")
    assert served is not None
    since, playbooks = NOW - timedelta(days=30), [served.playbook.partition("@")[0]]
    await stores.draws.draw("d-1", since.date(), since, NOW, plan, playbooks=playbooks, by="draw", at=NOW)
    assert [one.call_id for one in await stores.draws.waiting()] == ["served"]


async def test_calls_of_before_are_told_apart_once_the_database_is_migrated(stores: Stores, store_url: str) -> None:
    assert stores
    async with Database.migrating(store_url) as connection:
        await connection.run_sync(lambda here: command.downgrade(migration_config(here), "0011"))
        await connection.execute(
            text(
                "INSERT INTO customer_calls (call_id, customer_id, opened_at, record)"
                " SELECT 'practised', customer_id, opened_at, record FROM customer_calls"
            )
        )
    async with open_stores(store_url) as migrated:
        assert await found(migrated, "practice:yes") == ["practised"]
        records = await migrated.history.calls_of("1", since=NOW - timedelta(days=30), before=NOW, limit=10)
    assert [record.call.call_id for record in records] == ["served"]
