"""Databases with the newest schema: copies, because making one takes longer than most tests."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assist.stores import open_stores
from tests.support.postgresql_server import PostgresqlServer


def put_sqlite_database(path: Path) -> None:
    """Put one where there is none; who opens it finds nothing to migrate."""
    path.write_bytes(_sqlite_template())


@contextmanager
def postgresql_database(server: PostgresqlServer) -> Generator[str]:
    """The address of a new one on the server, gone at the end."""
    name = server.create_database(template=_postgresql_template(server))
    yield server.url(name)
    server.remove_database(name)


@cache
def _sqlite_template() -> bytes:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "template.db"
        _migrate(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _postgresql_template(server: PostgresqlServer) -> str:
    name = server.create_database()
    _migrate(server.url(name))
    return name


def _migrate(url: str) -> None:
    async def open_once() -> None:
        async with open_stores(url):
            pass

    # In a thread: the test that comes first may already run on a loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, open_once()).result()
