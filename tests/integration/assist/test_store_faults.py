"""Databases that die, stay away or are full, under a call that goes on: what was acknowledged is there afterwards."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from assist.errors import StoreError
from assist.journal import Journal, JournalLimits
from assist.messages import CallDegraded, CallUpdated, Envelope
from assist.ports import CallQuery
from assist.spool import CallSpool, read_events
from assist.stores.database import Database
from assist.stores.sql import SqlCallStore
from tests.support.envelopes import log, opened, silence
from tests.support.fakes import STEREO, FakeBus, ticking_clock
from tests.support.full_disk import files_limited
from tests.support.postgresql_server import PostgresqlServer, empty_database, running_postgresql

REPOSITORY = Path(__file__).parents[3]
QUICK = JournalLimits(waiting_envelopes=20, batch_envelopes=10, retry_first_s=0.01, retry_most_s=0.05, give_up_s=30.0)
TABLE_BYTES = 2**20 + 2**16
"""Above a segment of the write-ahead log, which the server could not go without, and far above an empty table."""

APPEND_UNTIL_KILLED = """
import asyncio, sys
from assist.stores.sql import SqlCallStore
from tests.support.envelopes import log, opened, silence

async def main(url):
    store = await SqlCallStore.open(url)
    await store.append(log("a", opened()))
    seq = 1
    while True:
        await store.append(log("a", *(silence(n) for n in range(1, 4)), first=seq + 1))
        seq += 3
        print(seq, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def server() -> Generator[PostgresqlServer]:
    """A PostgreSQL that tests may break."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def server_url(server: PostgresqlServer) -> Generator[str]:
    """An empty database of that server."""
    with empty_database(server) as url:
        yield url


# --- who writes is killed ------------------------------------------------------------------------------------------


async def test_a_killed_process_loses_nothing_that_was_acknowledged(store_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", APPEND_UNTIL_KILLED, store_url, stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    assert process.stdout is not None
    said = [await process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    said += (await process.stdout.read()).splitlines()
    await process.wait()
    acknowledged = max(int(line) for line in said)
    store = await SqlCallStore.open(store_url)
    seqs = [envelope.seq for envelope in await store.envelopes("a")]
    summary = await store.summary("a")
    await store.close()
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= acknowledged
    assert summary is not None
    assert summary.last_seq == len(seqs)


async def test_a_killed_server_loses_nothing_that_was_acknowledged(server: PostgresqlServer, server_url: str) -> None:
    store = await SqlCallStore.open(server_url)
    await store.append(log("a", opened()))
    seq = 1
    enough = asyncio.Event()

    async def append_until_refused() -> None:
        nonlocal seq
        while True:
            await store.append(log("a", silence(), first=seq + 1))
            seq += 1
            if seq == 50:
                enough.set()

    appending = asyncio.create_task(append_until_refused())
    await enough.wait()
    await asyncio.to_thread(server.kill)
    with pytest.raises(StoreError):
        await appending
    await asyncio.to_thread(server.start)
    stored = await store.envelopes("a")
    assert len(stored) >= seq
    assert await store.is_whole("a")
    await store.append(log("a", silence(), first=len(stored) + 1))
    await store.close()


# --- the database is away ------------------------------------------------------------------------------------------


@contextmanager
def server_away(server: PostgresqlServer) -> Generator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def file_locked(url: str) -> Generator[None]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["sqlite", "postgresql"])
def outage(request: pytest.FixtureRequest) -> tuple[str, Outage]:
    """A database and what takes it away for a while."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("database_url")
        return url, lambda: file_locked(url)
    server: PostgresqlServer = request.getfixturevalue("server")
    return request.getfixturevalue("server_url"), lambda: server_away(server)


@asynccontextmanager
async def journalled(directory: Path, url: str) -> AsyncGenerator[tuple[Journal, SqlCallStore, FakeBus]]:
    """The log of a live call over a real database; delivered to the end on the way out."""
    store, bus = await SqlCallStore.open(url, busy_timeout_ms=200), FakeBus()
    spool = CallSpool(directory / "call", STEREO)
    journal = Journal("call", spool, bus=bus, store=store, now=ticking_clock(), limits=QUICK)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(journal.run())
            yield journal, store, bus
            journal.close()
        assert list(await store.envelopes("call")) == list(read_events(spool.directory))
    finally:
        spool.close()
        await store.close()


def notes(bus: FakeBus) -> list[tuple[str, bool]]:
    return [(e.event.part, e.event.restored) for e in bus.published if isinstance(e.event, CallDegraded)]


async def test_a_call_goes_on_without_its_database_and_is_caught_up(tmp_path: Path, outage: tuple[str, Outage]) -> None:
    url, away = outage
    async with journalled(tmp_path, url) as (journal, store, bus):
        journal.append(opened())
        await journal.stored(1)
        leaving = away()
        await asyncio.to_thread(leaving.__enter__)
        try:
            for position in range(200):
                journal.append(CallUpdated(at_ms=position))
            await bus.has_seen("call-degraded")
            assert journal.store_failure == "store-unavailable"
            assert journal.store_lag > 0
            assert len(bus.published) > 200
        finally:
            await asyncio.to_thread(leaving.__exit__, None, None, None)
        await journal.stored(201)
        assert await store.is_whole("call")
    assert notes(bus) == [("store", False), ("store", True)]


async def test_what_is_read_while_a_server_is_away_is_refused_and_then_answered(
    server: PostgresqlServer, server_url: str
) -> None:
    store = await SqlCallStore.open(server_url)
    await store.append(log("a", opened()))
    await store.check()
    with server_away(server):
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                await store.check()
            assert caught.value.code == "store-unavailable"
            with pytest.raises(StoreError):
                await store.calls(CallQuery())
    # The connections of before are dead: no request may find that out.
    assert [call.call_id for call in await store.calls(CallQuery())] == ["a"]
    await store.close()


async def test_a_server_that_does_not_answer_is_away_after_a_bounded_time(
    server: PostgresqlServer, server_url: str
) -> None:
    database = await Database.open(server_url, busy_timeout_ms=200, command_timeout_s=0.2)
    await asyncio.to_thread(server.freeze)
    try:
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                await database.check()
            assert caught.value.code == "store-unavailable"
    finally:
        await asyncio.to_thread(server.thaw)
    await database.check()
    await database.close()


async def test_a_server_that_lets_nobody_in_says_so(server: PostgresqlServer) -> None:
    with pytest.raises(StoreError) as caught:
        await SqlCallStore.open(server.url("no_such_database"))
    assert caught.value.code == "store-refused"


# --- the disk is full ----------------------------------------------------------------------------------------------


@contextmanager
def server_full(server: PostgresqlServer) -> Generator[None]:
    server.limit_files(TABLE_BYTES)
    try:
        yield
    finally:
        server.limit_files(-1)


@pytest.fixture(params=["sqlite", "postgresql"])
def full(request: pytest.FixtureRequest) -> tuple[str, Outage]:
    """A database and what keeps its files from growing beyond ``TABLE_BYTES`` for a while."""
    if request.param == "sqlite":
        return request.getfixturevalue("database_url"), lambda: files_limited(TABLE_BYTES)
    server: PostgresqlServer = request.getfixturevalue("server")
    return request.getfixturevalue("server_url"), lambda: server_full(server)


def long_call(number: int) -> list[Envelope]:
    return log(f"call-{number}", opened(), *(silence(n) for n in range(1, 500)))


async def test_a_full_disk_refuses_and_takes_it_back_without_a_loss(full: tuple[str, Outage]) -> None:
    url, is_full = full
    store = await SqlCallStore.open(url)
    await store.append(log("before", opened()))
    taken = 0
    with is_full():
        with suppress(StoreError):
            while taken < 100:
                await store.append(long_call(taken))
                taken += 1
        assert taken < 100
        assert len(await store.calls(CallQuery(limit=200))) == taken + 1
    for number in range(taken + 1):
        await store.append(long_call(number))
        assert await store.envelopes(f"call-{number}") == long_call(number)
    await store.close()


def test_a_full_spool_takes_whole_events_only_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    spool = CallSpool(tmp_path / "a", STEREO)
    envelopes = log("a", opened(), *(silence(n) for n in range(1, 60)))
    taken = 0
    with files_limited(4_000), suppress(OSError):
        for envelope in envelopes:
            spool.append(envelope)
            taken += 1
    assert 0 < taken < len(envelopes)
    assert list(read_events(spool.directory)) == envelopes[:taken]
    for envelope in envelopes[taken:]:
        spool.append(envelope)
    spool.close()
    assert list(read_events(spool.directory)) == envelopes


async def test_a_call_whose_spool_is_full_is_stored_and_spooled_later(tmp_path: Path, store_url: str) -> None:
    async with journalled(tmp_path, store_url) as (journal, store, _):
        journal.append(opened())
        await journal.stored(1)
        with files_limited((tmp_path / "call" / "events.jsonl").stat().st_size + 100):
            for position in range(100):
                journal.append(CallUpdated(at_ms=position))
            assert journal.unspooled > 0
        journal.append(CallUpdated(at_ms=100))
        assert journal.unspooled == 0
        await journal.stored(102)
        assert await store.is_whole("call")
