"""The log: disk first, bus and store after; a store that fails loses nothing and is said so."""

import asyncio
import errno
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assist.errors import StoreError
from assist.journal import Journal, JournalLimits
from assist.messages import CallDegraded, CallUpdated, Envelope, PromiseSettled
from assist.spool import CallSpool, read_events
from tests.support.fakes import STEREO, FakeBus, FakeStore, ticking_clock

QUICK = JournalLimits(waiting_envelopes=5, batch_envelopes=3, retry_first_s=0.0, retry_most_s=0.0, give_up_s=0.0)


@pytest.fixture
def spool(tmp_path: Path) -> Generator[CallSpool]:
    files = CallSpool(tmp_path / "c1", STEREO)
    yield files
    files.close()


def journal(spool: CallSpool, store: FakeStore, bus: FakeBus) -> Journal:
    return Journal("c1", spool, bus=bus, store=store, now=ticking_clock(), limits=QUICK)


class RefusingSpool(CallSpool):
    """A spool on a disk that may be full."""

    is_full = False

    def append(self, envelope: Envelope) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().append(envelope)


def spool_one(spool: CallSpool, seq: int) -> Envelope:
    envelope = Envelope(call_id="c1", seq=seq, at=datetime(2026, 1, 5, tzinfo=UTC), event=CallUpdated(at_ms=seq))
    spool.append(envelope)
    return envelope


async def test_events_are_numbered_without_gaps_and_reach_bus_and_store(spool: CallSpool) -> None:
    store, bus = FakeStore(), FakeBus()
    log = journal(spool, store, bus)
    for position in range(10):
        log.append(CallUpdated(at_ms=position))
    log.close()
    await log.run()
    assert [envelope.seq for envelope in bus.published] == list(range(1, 11))
    assert sorted(store.logs["c1"]) == list(range(1, 11))
    assert log.is_stored


async def test_event_is_on_disk_as_soon_as_append_returns(spool: CallSpool) -> None:
    log = journal(spool, FakeStore(), FakeBus())
    envelope = log.append(CallUpdated(at_ms=7))
    assert list(read_events(spool.directory)) == [envelope]


async def test_what_becomes_of_promises_and_prompts_is_kept_up_to_its_bound(spool: CallSpool) -> None:
    bounded = replace(QUICK, kept_reports=2)
    log = Journal("c1", spool, bus=FakeBus(), store=FakeStore(), now=ticking_clock(), limits=bounded)
    log.append(CallUpdated(at_ms=0))
    logged = [
        log.append(PromiseSettled(at_ms=0, call_id="c0", promise_id=f"promise-{number}", by="u")) for number in range(3)
    ]
    assert list(log.reports) == logged[1:]


async def test_store_outage_is_said_on_the_call_and_caught_up_from_disk(spool: CallSpool) -> None:
    store, bus = FakeStore(), FakeBus()
    store.failing = True
    log = journal(spool, store, bus)
    async with asyncio.TaskGroup() as group:
        group.create_task(log.run())
        for position in range(20):
            log.append(CallUpdated(at_ms=position))
        while store.attempts < 3:
            await store.attempted.wait()
        assert [d.part for d in log.view.degraded] == ["store"]
        store.failing = False
        await log.stored(22)
        assert log.view.degraded == ()
        log.close()
    assert sorted(store.logs["c1"]) == list(range(1, log.view.seq + 1))
    notes = [e.event for e in bus.published if isinstance(e.event, CallDegraded)]
    assert [note.restored for note in notes] == [False, True]


async def test_disk_that_refuses_costs_no_event_and_gets_what_it_lacks_later(tmp_path: Path) -> None:
    spool = RefusingSpool(tmp_path / "c1", STEREO)
    store = FakeStore()
    store.failing = True
    log = journal(spool, store, FakeBus())
    log.append(CallUpdated(at_ms=0))
    spool.is_full = True
    for position in range(1, 21):
        log.append(CallUpdated(at_ms=position))
    assert log.unspooled == 20
    assert len(list(read_events(spool.directory))) == 1
    running = asyncio.create_task(log.run())
    log.close()
    while store.attempts < 3:
        await store.attempted.wait()
    # It would give up by now, but for what is on no disk.
    assert not running.done()
    spool.is_full = False
    await running
    assert log.unspooled == 0
    assert not log.is_stored
    assert [envelope.seq for envelope in read_events(spool.directory)] == list(range(1, log.view.seq + 1))
    spool.close()


async def test_disk_that_is_back_gets_what_it_lacks_in_portions(tmp_path: Path) -> None:
    spool = RefusingSpool(tmp_path / "c1", STEREO)
    limits = replace(QUICK, spooled_at_once=4)
    log = Journal("c1", spool, bus=FakeBus(), store=FakeStore(), now=ticking_clock(), limits=limits)
    spool.is_full = True
    for position in range(10):
        log.append(CallUpdated(at_ms=position))
    spool.is_full = False
    left: list[int] = []
    for position in range(10, 14):
        log.append(CallUpdated(at_ms=position))
        left.append(log.unspooled)
    assert left == [7, 4, 1, 0]
    assert [envelope.seq for envelope in read_events(spool.directory)] == list(range(1, 15))
    spool.close()


async def test_long_outage_is_caught_up_without_reading_the_log_over_and_over(spool: CallSpool) -> None:
    envelopes = [spool_one(spool, number) for number in range(1, 101)]
    read: list[Envelope] = []
    while len(read) < len(envelopes):
        read += spool.envelopes(after=len(read), limit=7)
    assert read == envelopes
    assert spool.envelopes(after=90, limit=3) == envelopes[90:93]


async def test_closed_journal_gives_up_on_a_dead_store_and_says_so(spool: CallSpool) -> None:
    store = FakeStore()
    store.failing = True
    log = journal(spool, store, FakeBus())
    log.append(CallUpdated(at_ms=0))
    log.close()
    await log.run()
    assert not log.is_stored
    with pytest.raises(StoreError):
        await log.stored(1)


def test_torn_last_line_of_a_crashed_log_is_left_out(spool: CallSpool) -> None:
    log = journal(spool, FakeStore(), FakeBus())
    first = log.append(CallUpdated(at_ms=1))
    with (spool.directory / "events.jsonl").open("ab") as file:
        file.write(b'{"call_id": "c1", "seq": 2, "at"')
    assert list(read_events(spool.directory)) == [first]
