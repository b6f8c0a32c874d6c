"""``livecue archive rebuild`` over a database that was filled before there was an archive."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from sqlalchemy import delete
from typer.testing import CliRunner

from assist.search.query import PageWanted, Said, Search
from assist.stores import open_stores, schema
from assist.stores.database import Database
from gateway.cli import app
from tests.support.archived_calls import archived_log, said


async def fill(url: str) -> None:
    """Two calls that the archive knows nothing of."""
    async with open_stores(url) as stores:
        for number in (1, 2):
            await stores.calls.append(archived_log(f"c{number}", *said(("customer", "宽带断了")), hours_ago=number))
    database = await Database.open(url)
    async with database.writing() as connection:
        await connection.execute(delete(schema.archive_calls))
    await database.close()


async def found(url: str) -> list[str]:
    async with open_stores(url) as stores:
        page = await stores.archive.find(Search((Said("宽带"),)), PageWanted())
        return [call.document.call_id for call in page.calls]


def test_calls_from_before_the_archive_are_found_once_it_is_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path}/data/livecue.db"
    asyncio.run(fill(url))
    assert asyncio.run(found(url)) == []
    words = ["archive", "rebuild", "--json"]
    result = CliRunner().invoke(app, words, env={"LIVECUE_DATA_DIR": str(tmp_path / "data")})
    assert json.loads(result.stdout) == {"calls": 2, "damaged": []}
    assert asyncio.run(found(url)) == ["c1", "c2"]
