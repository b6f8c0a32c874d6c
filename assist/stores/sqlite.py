"""Everything that is particular to SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from assist.errors import ConfigurationError, StoreError

OUTSIDE_TRANSACTIONS = "outside_transactions"
"""Execution option of a connection for what cannot run inside of one."""

PURGE = "PRAGMA wal_checkpoint(TRUNCATE)"
"""Takes what was overwritten in the database out of the write-ahead log, too, unless somebody reads an older state."""


def create_sqlite_engine(url: URL, *, busy_timeout_ms: int, pool_size: int) -> AsyncEngine:
    """An engine on a database file; its directory is created.

    Write-ahead log: readers never wait for the writer, and a committed transaction survives the death of the process
    (``synchronous=NORMAL``: after a power cut the last transactions may be missing, the rest is whole).
    """
    if url.database in (None, "", ":memory:"):
        raise ConfigurationError("Name a database file, as in sqlite:///livecue.db.", code="bad-store-url")
    try:
        Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("The directory of the database cannot be made; check its path and rights.") from error
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=busy_timeout_ms / 1000,
        hide_parameters=True,
    )

    def configure(connection: Any, _record: object) -> None:
        # The driver's own transaction handling leaves SELECT and DDL outside of transactions; `begin` takes over.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is erased must not stay readable in the file.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another process wrote in between
        # (SQLITE_BUSY_SNAPSHOT); an immediate one waits its turn.
        options = connection.get_execution_options()
        if options.get(OUTSIDE_TRANSACTIONS):
            return
        writes = options.get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine.sync_engine, "connect", configure)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def explain_sqlite(error: SQLAlchemyError) -> StoreError:
    """What became of a transaction, by the driver's error."""
    # DB-API: OperationalError is trouble with running the database, plain DatabaseError with the file itself.
    if type(error) is DatabaseError:
        return StoreError("The database is damaged; restore it from a backup.", code="store-damaged")
    original: Any = error.orig if isinstance(error, DBAPIError) else None
    if getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return StoreError("The disk of the database is full; free some space.", code="store-full")
    return StoreError("The database cannot be read or written now; see the server's log.")
