"""Fixtures shared by all kinds of tests."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.databases import postgresql_database, put_sqlite_database
from tests.support.postgresql_server import PostgresqlServer, empty_database, running_postgresql
from tests.support.redis_server import RedisServer

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session", autouse=True)
def no_leaks_at_the_end() -> Generator[None]:
    """What only the garbage collector finds, and after the last test, fails that test: a worker's exit is not heard."""
    yield
    gc.collect()


@pytest.fixture
async def no_leaks() -> AsyncGenerator[None]:
    """Fails a test that leaves a task or thread behind, or an unclosed resource (a warning, so an error)."""
    before = set(threading.enumerate())
    yield
    await asyncio.get_running_loop().shutdown_default_executor()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    assert not tasks, f"tasks left behind: {tasks}"
    gc.collect()
    for thread in set(threading.enumerate()) - before:
        # Told to end, it may still be on its way out.
        thread.join(timeout=5)
        assert not thread.is_alive(), f"thread left behind: {thread}"


@pytest.fixture
def new_database_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/livecue.db"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A SQLite database without calls."""
    put_sqlite_database(tmp_path / "livecue.db")
    return f"sqlite:///{tmp_path}/livecue.db"


@pytest.fixture(scope="session")
def postgresql_server() -> Generator[PostgresqlServer]:
    """A real PostgreSQL for the whole run; take a database of your own."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def new_postgresql_url(postgresql_server: PostgresqlServer) -> Generator[str]:
    """A PostgreSQL database without tables."""
    with empty_database(postgresql_server) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Generator[str]:
    """A PostgreSQL database without calls."""
    with postgresql_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without calls, of each kind."""
    return request.getfixturevalue({"sqlite": "database_url", "postgresql": "postgresql_url"}[request.param])


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store_url(request: pytest.FixtureRequest) -> str:
    """The address of a database that has no tables yet, of each kind."""
    return request.getfixturevalue({"sqlite": "new_database_url", "postgresql": "new_postgresql_url"}[request.param])


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RedisServer]:
    """A real Redis for the whole run; take a key prefix of your own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()
