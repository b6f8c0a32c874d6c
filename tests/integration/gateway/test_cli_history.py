"""``livecue history rebuild`` over a database, a damaged log in it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from typer.testing import CliRunner, Result

from assist.stores import open_stores, schema
from assist.stores.database import Database
from gateway.cli import app
from tests.support.past_calls import NOW, call_log, promise, wrap_up


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Where the service of ``tmp_path`` keeps its calls."""
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path}/data/livecue.db"


async def forget_and_spoil(url: str) -> None:
    """Three calls whose records are gone, the log of one of them damaged."""
    async with open_stores(url) as stores:
        for number in (1, 2, 3):
            log = call_log(f"c{number}", wrap_up(promises=(promise(),)), hours_ago=number)
            await stores.calls.append(log)
    database = await Database.open(url)
    async with database.writing() as connection:
        await connection.execute(delete(schema.customer_calls))
        columns = schema.envelopes.c
        damaged = update(schema.envelopes).where(columns.call_id == "c2", columns.seq == 2).values(body="{}")
        await connection.execute(damaged)
    await database.close()


async def remembered(url: str) -> list[str]:
    async with open_stores(url) as stores:
        records = await stores.history.calls_of("1", since=NOW.replace(year=2025), before=NOW, limit=9)
        return [record.call.call_id for record in records]


def livecue(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["history", "rebuild", *words], env={"LIVECUE_DATA_DIR": str(tmp_path / "data")})


def test_records_are_made_anew_and_a_damaged_log_costs_no_other_call(tmp_path: Path, database_url: str) -> None:
    asyncio.run(forget_and_spoil(database_url))
    assert json.loads(livecue(tmp_path, "--json").stdout) == {"calls": 2, "damaged": ["c2"]}
    assert asyncio.run(remembered(database_url)) == ["c1", "c3"]
    again = livecue(tmp_path)
    assert again.exit_code == 0
    assert "2 calls are remembered" in again.stdout
    assert asyncio.run(remembered(database_url)) == ["c1", "c3"]


def test_without_a_database_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    result = livecue(tmp_path)
    assert result.exit_code == 1


async def test_the_calls_of_a_customer_are_found_by_the_index(database_url: str) -> None:
    database = await Database.open(database_url)
    question = (
        "EXPLAIN QUERY PLAN SELECT record FROM customer_calls"
        " WHERE customer_id = 'x' AND opened_at >= 'a' AND opened_at < 'b' ORDER BY opened_at DESC LIMIT 9"
    )
    async with database.reading() as connection:
        plan = [row.detail for row in await connection.execute(text(question))]
    await database.close()
    assert len(plan) == 1, "no step for sorting"
    assert "ix_customer_calls_customer_id_opened_at" in plan[0]
