"""The database under the stores: migrations, several processes, damage."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from assist.errors import ConfigurationError, InputError, StoreError
from assist.ports import CallQuery
from assist.stores.database import Database
from assist.stores.migrations import downgrade, migration_config, revisions
from assist.stores.schema import ARCHIVE_TEXT, metadata
from assist.stores.sql import SqlCallStore
from tests.support.envelopes import log, opened, silence

OPEN_AND_APPEND = """
import asyncio, sys
from assist.stores.sql import SqlCallStore
from tests.support.envelopes import log, opened

async def main(url, name):
    store = await SqlCallStore.open(url, busy_timeout_ms=30_000)
    await store.append(log(name, opened()))
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""

REPOSITORY = Path(__file__).parents[3]


async def start(script: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *arguments, stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )


def database_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def differences(connection: Connection) -> list[object]:
    def is_described(name: str | None, kind: str, _parents: object) -> bool:
        """The full-text index is a table of the database's own kind."""
        return kind != "table" or not (name or "").startswith(ARCHIVE_TEXT)

    options = {"compare_server_default": True, "include_name": is_described}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


async def test_migrations_lead_to_the_metadata(new_store_url: str) -> None:
    database = await Database.open(new_store_url)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_every_migration_can_be_taken_back_and_made_again(new_store_url: str) -> None:
    database = await Database.open(new_store_url)

    def walk(connection: Connection) -> None:
        """Down and up once more from every revision to the one before it, each over the tables as they are there."""
        config = migration_config(connection)
        steps = [*revisions(config)[::-1], "base"]
        for newer, older in pairwise(steps):
            command.downgrade(config, older)
            command.upgrade(config, newer)
            command.downgrade(config, older)

    def tables(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    def up(connection: Connection) -> list[object]:
        command.upgrade(migration_config(connection), "head")
        return differences(connection)

    async with database.writing() as connection:
        await connection.run_sync(walk)
    async with database.writing() as connection:
        assert await connection.run_sync(tables) == ["alembic_version"]
        assert await connection.run_sync(up) == []
    await database.close()


async def test_the_schema_is_taken_back_to_a_revision_by_name(new_store_url: str) -> None:
    await (await Database.open(new_store_url)).close()
    async with Database.migrating(new_store_url) as connection:
        await connection.run_sync(downgrade, "0002")
    async with Database.migrating(new_store_url) as connection:
        tables = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert "playbook_versions" in tables
    assert "customer_calls" not in tables
    for wrong in ("0004", "nonsense"):
        with pytest.raises(InputError) as caught:
            async with Database.migrating(new_store_url) as connection:
                await connection.run_sync(downgrade, wrong)
        assert caught.value.code == "unknown-revision"
    await (await Database.open(new_store_url)).close()


async def test_a_failed_migration_leaves_nothing_behind(new_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_midway(connection: Connection) -> None:
        command.upgrade(migration_config(connection), "head")
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("assist.stores.database.upgrade", fail_midway)
        with pytest.raises(StoreError, match="full"):
            await Database.open(new_store_url)
    async with Database.migrating(new_store_url) as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == []


async def test_a_database_of_a_newer_version_is_refused(new_store_url: str) -> None:
    await (await Database.open(new_store_url)).close()
    async with Database.migrating(new_store_url) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as caught:
        await Database.open(new_store_url)
    assert caught.value.code == "store-schema-too-new"


async def test_a_server_compiles_no_statement_of_ours(new_postgresql_url: str) -> None:
    database = await Database.open(new_postgresql_url)
    async with database.reading() as connection:
        assert (await connection.execute(text("SHOW jit"))).scalar_one() == "off"
    await database.close()


async def test_a_file_that_is_no_database_is_damaged(new_database_url: str) -> None:
    await asyncio.to_thread(database_file(new_database_url).write_bytes, b"not a database" * 1_000)
    with pytest.raises(StoreError) as caught:
        await Database.open(new_database_url)
    assert caught.value.code == "store-damaged"


async def test_a_directory_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "file").write_text, "in the way")
    with pytest.raises(StoreError) as caught:
        await Database.open(f"sqlite:///{tmp_path}/file/livecue.db")
    assert caught.value.code == "store-unavailable"


async def test_an_unreadable_log_is_damaged_not_a_crash(new_store_url: str) -> None:
    store = await SqlCallStore.open(new_store_url)
    await store.append(log("a", opened(), silence()))
    async with Database.migrating(new_store_url) as connection:
        body = {"body": '{"type": "from-the-future"}'}
        await connection.execute(text("UPDATE envelopes SET body = :body WHERE seq = 2"), body)
    with pytest.raises(StoreError) as caught:
        await store.envelopes("a")
    assert caught.value.code == "store-damaged"
    assert len(await store.calls(CallQuery())) == 1
    await store.close()


async def test_a_write_that_another_process_blocks_too_long_is_unavailable(new_database_url: str) -> None:
    store = await SqlCallStore.open(new_database_url, busy_timeout_ms=20)
    with closing(sqlite3.connect(database_file(new_database_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            await store.append(log("a", opened()))
        assert caught.value.code == "store-unavailable"
        assert await store.calls(CallQuery()) == []
        other.execute("ROLLBACK")
    await store.append(log("a", opened()))
    assert len(await store.calls(CallQuery())) == 1
    await store.close()


async def test_processes_that_start_together_share_a_new_database(new_store_url: str) -> None:
    names = [f"call-{number}" for number in range(3)]
    processes = [await start(OPEN_AND_APPEND, new_store_url, name) for name in names]
    assert [await process.wait() for process in processes] == [0] * len(names)
    store = await SqlCallStore.open(new_store_url)
    assert {call.call_id for call in await store.calls(CallQuery())} == set(names)
    await store.close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "bad-store-url"),
        ("mysql://host/x", "unknown-store"),
        ("sqlite://", "bad-store-url"),
        ("postgresql+asyncpg://host", "bad-store-url"),
        ("postgresql+psycopg://host/x", "bad-store-url"),
        ("postgresql+asyncpg://host/x?sslmode=require", "bad-store-url"),
    ],
)
async def test_an_address_that_names_no_database_is_a_configuration_error(url: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await Database.open(url)
    assert caught.value.code == code
