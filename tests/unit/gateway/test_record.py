"""Reading stored calls back, whole or with a name and a reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from assist.backtest import RecordedCall
from assist.errors import InputError, StoreError
from assist.messages import Envelope
from assist.ports import CallQuery, CallSummary
from gateway.record import Unread, Wanted, calls_in_files, stored_calls
from tests.support.envelopes import START, closed, log, opened, silence, utterance
from tests.support.fakes import FakeStore


def call(call_id: str, *, after_s: int = 0, agent_id: str = "8001") -> list[Envelope]:
    return log(call_id, opened(agent_id), utterance("u1"), closed(), at=START + timedelta(seconds=after_s))


def names(found: Sequence[RecordedCall | Unread]) -> list[str]:
    return [one.name if isinstance(one, Unread) else one.call_id for one in found]


def write(path: Path, *logs: Sequence[Envelope]) -> Path:
    path.write_text("".join(one.model_dump_json() + "\n" for entries in logs for one in entries), encoding="utf-8")
    return path


class PagedStore(FakeStore):
    """Answers queries as the database does; one call's log is damaged."""

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        rows = sorted(self.summaries.values(), key=lambda row: (row.opened_at, row.call_id), reverse=True)
        return [
            row
            for row in rows
            if (query.before is None or row.opened_at < query.before) and query.agent_id in (None, row.agent_id)
        ][: query.limit]

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        if call_id == "damaged":
            raise StoreError("The stored log cannot be read.", code="store-damaged")
        return await super().envelopes(call_id, after=after, limit=limit, types=types)


async def store_of(*logs: Sequence[Envelope]) -> PagedStore:
    store = PagedStore()
    for entries in logs:
        await store.append(entries)
    return store


async def test_every_call_is_read_once_whatever_the_pages() -> None:
    store = await store_of(*(call(f"c{number}", after_s=number // 2) for number in range(8)))
    found = [one async for one in stored_calls(store, Wanted(), page_calls=3, page_envelopes=2)]
    assert names(found) == [f"c{number}" for number in (7, 6, 5, 4, 3, 2, 1, 0)]


async def test_calls_are_chosen_by_agent_and_day() -> None:
    store = await store_of(call("old"), call("new", after_s=90), call("other", after_s=90, agent_id="9"))
    since = START + timedelta(seconds=60)
    assert names([one async for one in stored_calls(store, Wanted("8001", since))]) == ["new"]


async def test_a_call_that_cannot_be_read_is_named() -> None:
    store = await store_of(call("good"), call("damaged", after_s=9))
    damaged, good = [one async for one in stored_calls(store, Wanted())]
    assert isinstance(damaged, Unread)
    assert (damaged.name, damaged.code) == ("damaged", "store-damaged")
    assert isinstance(good, RecordedCall)


async def test_a_call_of_which_events_are_missing_is_named_whatever_their_type() -> None:
    holed = log("holed", opened(), silence(1), utterance("u1"), closed())
    store = await store_of([*holed[:1], *holed[2:]], call("good", after_s=9))
    good, named = [one async for one in stored_calls(store, Wanted())]
    assert isinstance(good, RecordedCall)
    assert named == Unread("holed", "log-incomplete", "Events of the call are missing.")


def test_interleaved_calls_of_a_file_are_told_apart(tmp_path: Path) -> None:
    one, two = call("one"), call("two")
    path = write(tmp_path / "events.jsonl", one[:1], two[:2], one[1:], two[2:])
    assert names(list(calls_in_files([path], Wanted()))) == ["one", "two"]
    assert names(list(calls_in_files([path], Wanted(agent_id="9")))) == []


def test_practice_in_a_file_is_left_out_on_wish_unless_the_call_is_named(tmp_path: Path) -> None:
    drill = call("drill")
    opening = opened().model_copy(update={"source": "softphone/1"})
    path = write(
        tmp_path / "events.jsonl", call("served"), [drill[0].model_copy(update={"event": opening}), *drill[1:]]
    )
    assert names(list(calls_in_files([path], Wanted()))) == ["served", "drill"]
    assert names(list(calls_in_files([path], Wanted(with_practice=False)))) == ["served"]
    assert names(list(calls_in_files([path], Wanted(call_ids=("drill",), with_practice=False)))) == ["drill"]


def test_lines_and_calls_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "events.jsonl", call("good"), call("open")[:2], call("holed")[1:])
    path.write_text("no event\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = list(calls_in_files([path], Wanted()))
    assert {(one.name, one.code) for one in found if isinstance(one, Unread)} == {
        (f"{path}:1", "bad-event"),
        ("open", "call-open"),
        ("holed", "log-incomplete"),
    }
    assert names([one for one in found if isinstance(one, RecordedCall)]) == ["good"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        list(calls_in_files([tmp_path / "none.jsonl"], Wanted()))
    assert raised.value.code == "unreadable-events"
