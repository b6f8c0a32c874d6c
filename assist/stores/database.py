"""One database under all stores: engine, migrations, transactions, errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from assist.errors import ConfigurationError, StoreError
from assist.stores.migrations import upgrade
from assist.stores.sqlite import create_sqlite_engine


class Database:
    """An open database at the newest schema; shared by the stores on it.

    One transaction writes at a time; readers go beside it. Every failure of the database comes out as StoreError:
    "store-unavailable", "store-damaged", "store-closed", "store-schema-too-new".
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._write_turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, busy_timeout_ms: int = 5_000, pool_size: int = 5) -> Database:
        """Connect and bring the schema up to date; safe when several processes start at once.

        ``busy_timeout_ms`` bounds the wait for another process's write and for a free connection.
        """
        database = cls(_create_engine(url, busy_timeout_ms=busy_timeout_ms, pool_size=pool_size))
        try:
            async with database.writing() as connection:
                await connection.run_sync(upgrade)
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in a read transaction: one consistent state of the database."""
        self._ensure_open()
        with _store_errors():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in the write transaction; committed at the end, rolled back on any exception.

        IntegrityError passes through: only the caller knows what it means.
        """
        async with self._write_turn:
            self._ensure_open()
            with _store_errors():
                async with self._writer.begin() as connection:
                    yield connection

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        self._closed = True
        await self._engine.dispose()

    def _ensure_open(self) -> None:
        if self._closed:
            raise StoreError("The store is closed.", code="store-closed")


def _create_engine(url: str, *, busy_timeout_ms: int, pool_size: int) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "The store must be a URL such as sqlite:///livecue.db.", code="bad-store-url"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return create_sqlite_engine(parsed, busy_timeout_ms=busy_timeout_ms, pool_size=pool_size)
        case name:
            raise ConfigurationError(f"No store is called {name!r}. Known: sqlite.", code="unknown-store")


@contextmanager
def _store_errors() -> Generator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        # DB-API: OperationalError is trouble with running the database, plain DatabaseError with the file itself.
        if type(error) is DatabaseError:
            raise StoreError("The database is damaged; restore it from a backup.", code="store-damaged") from error
        raise StoreError("The database cannot be read or written now; see the server's log.") from error
