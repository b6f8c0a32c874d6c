"""Customers in a table or view of an SQLite database that somebody else writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import parse_qs, quote

from assist.customers.columns import ID_COLUMNS, Columns
from assist.customers.version import version_of
from assist.errors import ConfigurationError, CustomersError, InputError
from assist.ports import CustomerRecord

DEFAULT_TABLE = "customers"


class SqliteDirectory:
    """Asks the database anew each time, read-only, in a thread: a replaced file is noticed by itself."""

    def __init__(self, path: Path, table: str, *, busy_timeout_s: float = 1.0) -> None:
        """``busy_timeout_s``: how long to wait for a writer."""
        self._path = path
        self._table = _quoted(table)
        self._busy_timeout_s = busy_timeout_s

    async def look_up(self, customer_id: str) -> CustomerRecord:
        try:
            return await asyncio.to_thread(self._find, customer_id.strip())
        except (sqlite3.Error, InputError, OSError) as error:
            message = "The customer table cannot be read; see the server's settings."
            raise CustomersError(message, code="customers-unavailable") from error

    async def check(self) -> None:
        """Raises sqlite3.Error, OSError, InputError when the table is not there or has not the columns."""
        await asyncio.to_thread(self._find, "")

    def _find(self, customer_id: str) -> CustomerRecord:
        source = f"{self._path.name}@{version_of(self._path, self._path.with_name(self._path.name + '-wal'))}"
        address = f"file:{quote(str(self._path))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=self._busy_timeout_s)) as connection:
            head = connection.execute(f"SELECT * FROM {self._table} LIMIT 0").description
            columns = Columns.of([column[0] for column in head])
            key = _quoted(head[columns.id_at][0])
            row = connection.execute(f"SELECT * FROM {self._table} WHERE {key} = ?", (customer_id,)).fetchone()
        if row is None:
            return CustomerRecord(source, is_known=False)
        cells = ["" if cell is None else str(cell) for cell in row]
        return CustomerRecord(source, True, columns.name(cells), columns.fields(cells))


@asynccontextmanager
async def open_sqlite_directory(url: str, *, token: str) -> AsyncGenerator[SqliteDirectory]:
    """``sqlite:PATH?table=NAME``; needs no token. Raises ConfigurationError "bad-customers"."""
    path, _, query = url.partition(":")[2].partition("?")
    given = parse_qs(query)
    directory = SqliteDirectory(Path(path), given.pop("table", [DEFAULT_TABLE])[0])
    if given:
        message = f"customers: unknown {', '.join(given)}; sqlite:PATH?table=NAME is all."
        raise ConfigurationError(message, code="bad-customers")
    try:
        await directory.check()
    except InputError as error:
        raise ConfigurationError(f"The customers in {path}: {error.message}", code="bad-customers") from error
    except (sqlite3.Error, OSError) as error:
        message = f"The customers in {path} cannot be read: {error}. A column {ID_COLUMNS[0]} is needed."
        raise ConfigurationError(message, code="bad-customers") from error
    yield directory


def _quoted(name: str) -> str:
    """A name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
