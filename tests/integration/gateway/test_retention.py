"""Calls expire while the service runs, and a store that is away for a while stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.notice import Notice
from assist.ports import CallQuery
from assist.stores import open_stores
from assist.stores.database import Database
from assist.stores.records import RecordStore, RetentionRules
from gateway.retention import Retention
from gateway.settings import Settings
from gateway.wiring import open_records, retention_rules
from tests.support.past_calls import NOW, call_log

TEN_YEARS_H = 10 * 365 * 24


class Failing:
    """Fails the first time, as a disk that was away."""

    name = "failing"

    def __init__(self) -> None:
        self.attempts = 0
        self.attempted = Notice()

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        self.attempts += 1
        self.attempted.notify()
        if self.attempts == 1:
            raise StoreError("Not now.")
        return 0

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return 0


async def test_calls_expire_while_the_service_runs(store_url: str) -> None:
    async with open_stores(store_url) as stores:
        await stores.calls.append(call_log("new", hours_ago=1))
        await stores.calls.append(call_log("old", hours_ago=100))
        database, failing = await Database.open(store_url), Failing()
        records = RecordStore(database, now=lambda: NOW)
        records.register(failing)
        retention = Retention(records, RetentionRules(calls_days=1), every_s=0.01)
        running = asyncio.create_task(retention.run())
        while failing.attempts < 2:
            await failing.attempted.wait()
        await stores.calls.append(call_log("older", hours_ago=200))
        while failing.attempts < 3:
            await failing.attempted.wait()
        async with database.writing():
            running.cancel()
        await asyncio.wait([running])
        await database.close()
        assert [call.call_id for call in await stores.calls.calls(CallQuery())] == ["new"]


async def test_the_settings_say_how_long_and_every_file_of_a_call_goes_with_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    rules = retention_rules(settings.retention)
    assert rules == RetentionRules(calls_days=None, flagged_days=None, sound_days=None)
    places = [settings.audio_dir / "old.flac", settings.spool_dir / "old" / "x", settings.wrap_ups_dir / "old.json"]
    for place in places:
        place.parent.mkdir(parents=True)
        place.touch()
    async with open_stores(settings.store_url) as stores:
        await stores.calls.append(call_log("old", hours_ago=TEN_YEARS_H))
    async with open_records(settings) as records:
        removed = await records.expire(RetentionRules(calls_days=365))
    assert removed.calls == 1
    assert {name: removed.things[name] for name in ("sound", "spool", "wrap-ups")} == {
        "sound": 1,
        "spool": 1,
        "wrap-ups": 1,
    }
    assert not [place for place in places if place.exists()]
