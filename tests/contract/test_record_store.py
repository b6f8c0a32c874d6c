"""What a RecordStore must do: hold, erase and expire calls, with everything that was made of them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError, NotFoundError, StoreError
from assist.messages import Envelope, Flag
from assist.ports import CallQuery
from assist.stores import Stores, open_stores
from assist.stores.audio import FlacAudioStore
from assist.stores.database import Database
from assist.stores.projections import FileProjection, SoundProjection
from assist.stores.records import RecordStore, RetentionRules
from assist.stores.schema import metadata
from tests.support.envelopes import closed, flag, log, opened
from tests.support.past_calls import NOW, call_log, promise, wrap_up

SECRET = "13912345678"
KEPT_AS_THEY_ARE = {
    "alembic_version",
    "api_keys",
    "archive_names",
    "audit_log",
    "experiment_decisions",
    "legal_holds",
    "playbook_drafts",
    "playbook_versions",
    "review_draws",
    "saved_searches",
    "sessions",
    "team_agents",
    "team_assignments",
    "teams",
    "users",
}
"""Tables whose rows do not hang on calls; of every other one, they must go with their call."""


@dataclass
class World:
    """A database with its files, and what is known of them."""

    stores: Stores
    records: RecordStore
    database: Database
    sound: FlacAudioStore
    directory: Path

    async def add(self, call_id: str, *, days_ago: float = 1, customer_id: str = SECRET, flagged: bool = False) -> None:
        """A closed call with sound and a waiting wrap-up."""
        events: list[Envelope] = call_log(
            call_id, wrap_up(promises=(promise(),)), hours_ago=days_ago * 24, customer_id=customer_id
        )
        if flagged:
            breach: Flag = flag("f1", "breach")
            events.append(Envelope(call_id=call_id, seq=events[-1].seq + 1, at=events[-1].at, event=breach))
        await self.stores.calls.append(events)
        pcm = self.directory / "agent.pcm"
        pcm.write_bytes(bytes(1_600))
        await self.sound.save(call_id, {"agent": pcm}, 8_000)
        await self.stores.calls.mark_audio(call_id)
        (self.directory / "wrap-ups" / f"{call_id}.json").write_text(f'{{"customer": "{customer_id}"}}')

    async def calls(self) -> list[str]:
        return sorted(call.call_id for call in await self.stores.calls.calls(CallQuery(limit=1_000)))

    async def rows(self) -> str:
        """Every row of every table, as text."""
        async with self.database.reading() as connection:
            return "\n".join(
                [
                    f"{table.name} {row}"
                    for table in metadata.sorted_tables
                    for row in (await connection.execute(select(table))).all()
                ]
            )

    def files(self) -> list[str]:
        return sorted(path.name for path in self.directory.rglob("*") if path.suffix in (".flac", ".json"))


@pytest.fixture
async def world(store_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    (tmp_path / "wrap-ups").mkdir()
    sound = FlacAudioStore(tmp_path / "audio")
    database = await Database.open(store_url)
    records = RecordStore(database, now=lambda: NOW, batch_calls=2)
    records.register(SoundProjection(sound), is_sound=True)
    records.register(FileProjection("wrap-ups", tmp_path / "wrap-ups", suffix=".json"))
    async with open_stores(store_url) as stores:
        yield World(stores, records, database, sound, tmp_path)
    await database.close()


def test_every_table_is_of_calls_or_known_to_hold_nothing_of_them() -> None:
    for table in metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys if key.ondelete == "CASCADE"}
        goes = "call_id" in table.c or "archive_calls" in parents
        assert goes != (table.name in KEPT_AS_THEY_ARE), table.name


async def test_a_customer_is_erased_from_every_table_and_file(world: World) -> None:
    for number in range(5):
        await world.add(f"theirs-{number}", days_ago=number + 1)
    await world.add("others", customer_id="other")
    user = await world.stores.accounts.add_user("wang", "h", role="qa")
    for name, asked in (("甲", SECRET), ("乙", f"{SECRET}0")):
        await world.stores.searches.save(user.user_id, name, json.dumps({"customer": asked}), NOW)
    removed = await world.records.erase("customer", SECRET, reason="request 17", by="root")
    assert [one.name for one in await world.stores.searches.searches(user.user_id)] == ["乙"]
    assert removed.calls == 5
    assert (removed.things["calls"], removed.things["sound"], removed.things["wrap-ups"]) == (5, 5, 5)
    left = await world.rows()
    assert SECRET not in left.replace(f"{SECRET}0", "")
    assert "theirs-" not in left
    assert await world.calls() == ["others"]
    assert world.files() == ["others.flac", "others.json"]
    assert await world.stores.history.calls_of(SECRET, since=NOW - timedelta(days=90), before=NOW, limit=9) == []
    again = await world.records.erase("customer", SECRET, reason="request 17", by="root")
    assert (again.calls, dict(again.things)) == (0, {})


async def test_one_call_is_erased(world: World) -> None:
    await world.add("one")
    await world.add("two")
    await world.records.erase("call", "one", reason="wrong number", by="root")
    assert await world.calls() == ["two"]
    assert world.files() == ["two.flac", "two.json"]


async def test_the_log_tells_of_an_erasure_and_names_nobody(world: World) -> None:
    await world.add("one")
    hold = await world.records.hold("customer", SECRET, reason="dispute", by="lawyer")
    await world.records.release(hold.hold_id, by="lawyer")
    removed = await world.records.erase("customer", SECRET, reason="request 17", by="root")
    entries = await world.records.audit()
    assert [(entry.action, entry.by) for entry in entries] == [
        ("erased", "root"),
        ("released", "lawyer"),
        ("held", "lawyer"),
    ]
    assert {entry.subject for entry in entries} == {removed.name}
    assert entries[0].details["reason"] == "request 17"
    assert entries[0].details["calls"] == 1


async def test_what_is_held_is_neither_erased_nor_expires(world: World) -> None:
    for name in ("held", "theirs", "free"):
        await world.add(name, days_ago=400, customer_id=name)
    by_call = await world.records.hold("call", "held", reason="court", by="lawyer")
    await world.records.hold("customer", "theirs", reason="court", by="lawyer")
    for kind, subject in (("call", "held"), ("customer", "held"), ("customer", "theirs"), ("call", "theirs")):
        with pytest.raises(InputError) as caught:
            await world.records.erase(kind, subject, reason="request", by="root")  # pyright: ignore[reportArgumentType]
        assert caught.value.code == "legal-hold"
    removed = await world.records.expire(RetentionRules(calls_days=30, flagged_days=30, sound_days=1))
    assert (removed.calls, await world.calls()) == (1, ["held", "theirs"])
    assert world.files() == ["held.flac", "held.json", "theirs.flac", "theirs.json"]
    await world.records.release(by_call.hold_id, by="lawyer")
    assert (await world.records.expire(RetentionRules(calls_days=30))).calls == 1
    assert await world.calls() == ["theirs"]


async def test_a_hold_before_the_first_call_counts(world: World) -> None:
    await world.records.hold("customer", "new", reason="court", by="lawyer")
    with pytest.raises(InputError):
        await world.records.erase("customer", "new", reason="request", by="root")
    with pytest.raises(InputError) as caught:
        await world.records.hold("customer", "new", reason="again", by="lawyer")
    assert caught.value.code == "already-held"
    assert [(hold.kind, hold.subject, hold.by) for hold in await world.records.holds()] == [
        ("customer", "new", "lawyer")
    ]
    with pytest.raises(NotFoundError):
        await world.records.release("nothing", by="lawyer")


async def test_calls_expire_by_age_and_flagged_ones_by_their_own(world: World) -> None:
    for days in (10, 40, 100):
        await world.add(f"plain-{days}", days_ago=days)
        await world.add(f"flagged-{days}", days_ago=days, flagged=True)
    await world.stores.calls.append(log("live", opened(), at=NOW - timedelta(days=300)))
    rules = RetentionRules(calls_days=30, flagged_days=90)
    assert (await world.records.expire(rules, is_trial=True)).calls == 3
    assert len(await world.calls()) == 7
    removed = await world.records.expire(rules)
    assert (removed.calls, removed.things["sound"]) == (3, 3)
    assert await world.calls() == ["flagged-10", "flagged-40", "live", "plain-10"]
    assert (await world.records.expire(rules)).calls == 0
    assert [entry.action for entry in await world.records.audit()] == ["expired", "expired"]


async def test_recordings_expire_before_their_calls(world: World) -> None:
    for days in (10, 40, 100):
        await world.add(f"call-{days}", days_ago=days)
    removed = await world.records.expire(RetentionRules(sound_days=30))
    assert (removed.calls, dict(removed.things)) == (0, {"sound": 2})
    assert [call.call_id for call in await world.stores.calls.calls(CallQuery()) if call.has_audio] == ["call-10"]
    assert world.files().count("call-10.flac") == 1
    assert len(await world.calls()) == 3


async def test_no_rules_remove_nothing(world: World) -> None:
    await world.add("old", days_ago=4_000)
    assert (await world.records.expire(RetentionRules())).calls == 0
    assert await world.calls() == ["old"]


async def test_a_call_that_goes_on_is_not_erased(world: World) -> None:
    await world.stores.calls.append(log("live", opened()))
    with pytest.raises(InputError) as caught:
        await world.records.erase("customer", "c-1", reason="request", by="root")
    assert caught.value.code == "call-open"
    await world.stores.calls.append(log("live", closed(), first=2))
    assert (await world.records.erase("customer", "c-1", reason="request", by="root")).calls == 1


class Stubborn:
    """Keeps what it has."""

    name = "stubborn"

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return 0

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return len(call_ids)


async def test_an_erasure_that_would_leave_something_is_undone_and_told(world: World) -> None:
    await world.add("one")
    world.records.register(Stubborn())
    with pytest.raises(StoreError) as caught:
        await world.records.erase("customer", SECRET, reason="request", by="root")
    assert caught.value.code == "erasure-incomplete"
    assert await world.calls() == ["one"]
    assert await world.records.audit() == []
