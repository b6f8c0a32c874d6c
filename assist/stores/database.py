"""One database under all stores: engine, migrations, transactions, errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from assist.errors import ConfigurationError, StoreError
from assist.stores.migrations import upgrade
from assist.stores.postgresql import READING_OPTIONS, create_postgresql_engine, explain_postgresql
from assist.stores.sqlite import OUTSIDE_TRANSACTIONS, PURGE, create_sqlite_engine, explain_sqlite


class Database:
    """An open database at the newest schema; shared by the stores on it.

    One transaction of this process writes at a time; readers go beside it. Every failure of the database comes out as
    StoreError: "store-unavailable", "store-refused", "store-full", "store-damaged", "store-closed",
    "store-schema-too-new".
    """

    def __init__(self, engine: AsyncEngine) -> None:
        is_server = engine.dialect.name == "postgresql"
        self._engine = engine
        self._reader = engine.execution_options(**READING_OPTIONS) if is_server else engine
        self._writer = engine.execution_options(writes=True)
        self._explain = explain_postgresql if is_server else explain_sqlite
        self._write_turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(
        cls, url: str, *, busy_timeout_ms: int = 5_000, command_timeout_s: float = 30.0, pool_size: int = 5
    ) -> Database:
        """Connect and bring the schema up to date; safe when several processes start at once.

        ``busy_timeout_ms`` bounds the wait for another process's write, for a free connection and for a new one;
        ``command_timeout_s`` each statement of a server, while migrations take as long as they take.
        """
        async with cls.migrating(url, busy_timeout_ms=busy_timeout_ms) as connection:
            await connection.run_sync(upgrade)
        engine = _create_engine(
            url, busy_timeout_ms=busy_timeout_ms, command_timeout_s=command_timeout_s, pool_size=pool_size
        )
        database = cls(engine)
        try:
            await database.check()
        except BaseException:
            await database.close()
            raise
        return database

    @classmethod
    @asynccontextmanager
    async def migrating(cls, url: str, *, busy_timeout_ms: int = 5_000) -> AsyncGenerator[AsyncConnection]:
        """A connection in the write transaction of a database as it is, whatever its schema."""
        engine = _create_engine(url, busy_timeout_ms=busy_timeout_ms, command_timeout_s=None, pool_size=1)
        database = cls(engine)
        try:
            async with database.writing() as connection:
                yield connection
        finally:
            await database.close()

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @property
    def product(self) -> str:
        """What it is, for people: "PostgreSQL 15.6"; without a version before the first connection."""
        dialect = self._engine.dialect
        name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[dialect.name]
        return " ".join([name, ".".join(map(str, dialect.server_version_info or ()))]).strip()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in a read transaction: one consistent state of the database."""
        async with self._transaction(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in the write transaction; committed at the end, rolled back on any exception.

        IntegrityError passes through: only the caller knows what it means.
        """
        async with self._write_turn, self._transaction(self._writer) as connection:
            yield connection

    async def check(self) -> None:
        """Raises StoreError when the database cannot be read."""
        async with self.reading() as connection:
            await connection.execute(select(1))

    async def purge(self) -> None:
        """Let nothing that was deleted or overwritten be readable in a database file; a server cleans up by itself."""
        if self._engine.dialect.name != "sqlite":
            return
        async with (
            self._write_turn,
            self._transaction(self._engine.execution_options(**{OUTSIDE_TRANSACTIONS: True})) as connection,
        ):
            await connection.exec_driver_sql(PURGE)

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
        self._ensure_open()
        with self._store_errors():
            async with AsyncExitStack() as stack:
                try:
                    connection = await stack.enter_async_context(engine.connect())
                except OSError as error:
                    raise StoreError("The database cannot be reached; check LIVECUE_STORE and the server.") from error
                await stack.enter_async_context(connection.begin())
                yield connection

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        self._closed = True
        await self._engine.dispose()

    def _ensure_open(self) -> None:
        if self._closed:
            raise StoreError("The store is closed.", code="store-closed")

    @contextmanager
    def _store_errors(self) -> Generator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise self._explain(error) from error


def _create_engine(url: str, *, busy_timeout_ms: int, command_timeout_s: float | None, pool_size: int) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "The store must be a URL such as sqlite:///livecue.db.", code="bad-store-url"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return create_sqlite_engine(parsed, busy_timeout_ms=busy_timeout_ms, pool_size=pool_size)
        case "postgresql":
            return create_postgresql_engine(
                parsed, busy_timeout_ms=busy_timeout_ms, command_timeout_s=command_timeout_s, pool_size=pool_size
            )
        case name:
            raise ConfigurationError(f"No store is called {name!r}. Known: postgresql, sqlite.", code="unknown-store")
