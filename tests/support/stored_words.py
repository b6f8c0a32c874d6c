"""All that a service has written, as text: whoever looks for words finds them wherever they are."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from assist.stores.database import Database
from assist.stores.schema import ARCHIVE_TEXT


def texts_of_files(directory: Path) -> Iterator[tuple[str, str]]:
    """Name and content, byte by byte, of every file beside the keys and the playbooks."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.suffix != ".yaml" and path.name != "private.keys":
            yield str(path.relative_to(directory)), path.read_bytes().decode("utf-8", errors="replace")


async def texts_of_tables(url: str) -> AsyncGenerator[tuple[str, str]]:
    """Name and all rows of every table of a PostgreSQL; a SQLite is a file."""
    database = await Database.open(url)
    async with database.reading() as connection:
        for name in await connection.run_sync(lambda here: inspect(here).get_table_names()):
            rows = (await connection.execute(text(f"SELECT CAST(one AS text) FROM {name} AS one"))).scalars()
            yield name, "\n".join(rows)
    await database.close()


async def words_of_index(url: str) -> set[str]:
    """Every word that the full-text index knows."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_words_of_file, Path(url.removeprefix("sqlite:///")))
    words = f"SELECT word FROM ts_stat('SELECT agent || customer || mixed FROM {ARCHIVE_TEXT}')"
    database = await Database.open(url)
    async with database.reading() as connection:
        found = set((await connection.execute(text(words))).scalars())
    await database.close()
    return found


def _words_of_file(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {ARCHIVE_TEXT}, 'row')")
        return {row[0] for row in connection.execute("SELECT term FROM temp.words")}
