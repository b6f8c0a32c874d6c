"""What every CallHistory must do, beside the CallStore of the same database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

import pytest

from assist.errors import StoreError
from assist.history.record import record_of
from assist.messages import Envelope, PromiseSettled
from assist.stores import Stores, open_stores
from tests.support.past_calls import NOW, call_log, promise, wrap_up

LONG_AGO = NOW - timedelta(days=90)


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def called(
    stores: Stores, *, customer_id: str = "1", since: datetime = LONG_AGO, before: datetime = NOW, limit: int = 100
) -> list[str]:
    """Ids of the calls that are remembered."""
    records = await stores.history.calls_of(customer_id, since=since, before=before, limit=limit)
    return [record.call.call_id for record in records]


def a_call(call_id: str, *, hours_ago: float = 24, customer_id: str = "1") -> list[Envelope]:
    return call_log(call_id, wrap_up(promises=(promise(),)), hours_ago=hours_ago, customer_id=customer_id)


async def test_a_call_is_remembered_once_it_is_closed(stores: Stores) -> None:
    log = a_call("c1")
    await stores.calls.append(log[:-1])
    assert await called(stores) == []
    await stores.calls.append(log[-1:])
    assert await stores.history.calls_of("1", since=LONG_AGO, before=NOW, limit=9) == [record_of(log)]


async def test_storing_a_log_again_changes_nothing(stores: Stores) -> None:
    log = a_call("c1")
    await stores.calls.append(log)
    await stores.calls.append(log)
    assert await stores.history.calls_of("1", since=LONG_AGO, before=NOW, limit=9) == [record_of(log)]


async def test_what_is_logged_after_the_close_counts(stores: Stores) -> None:
    settled = PromiseSettled(at_ms=60_000, call_id="c0", promise_id="p", by="u")
    log = call_log("c1", after=(settled,))
    await stores.calls.append(log[:-1])
    await stores.calls.append(log[-1:])
    (record,) = await stores.history.calls_of("1", since=LONG_AGO, before=NOW, limit=9)
    assert record.settled == (("c0", "p"),)


async def test_envelopes_that_come_late_count_as_if_they_had_come_in_order(stores: Stores) -> None:
    log = a_call("c1")
    await stores.calls.append([log[0], log[-1]])
    await stores.calls.append(log)
    assert await stores.history.calls_of("1", since=LONG_AGO, before=NOW, limit=9) == [record_of(log)]


async def test_calls_come_newest_first_from_since_to_before_and_no_more_than_wanted(stores: Stores) -> None:
    for hours in (5, 1, 30, 12):
        await stores.calls.append(a_call(f"c{hours}", hours_ago=hours))
    await stores.calls.append(a_call("other", customer_id="2"))
    assert await called(stores) == ["c1", "c5", "c12", "c30"]
    assert await called(stores, limit=2) == ["c1", "c5"]
    assert await called(stores, since=NOW - timedelta(hours=12), before=NOW - timedelta(hours=1)) == ["c5", "c12"]
    assert await called(stores, customer_id="3") == []


async def test_records_are_made_anew_from_the_logs(stores: Stores) -> None:
    log = a_call("c1")
    await stores.calls.append(log)
    await stores.history.rebuild(["c1", "nobody"])
    await stores.history.rebuild(["c1"])
    await stores.history.rebuild([])
    assert await stores.history.calls_of("1", since=LONG_AGO, before=NOW, limit=9) == [record_of(log)]


async def test_a_closed_database_is_a_store_error(store_url: str) -> None:
    async with open_stores(store_url) as opened:
        pass
    with pytest.raises(StoreError):
        await called(opened)
    with pytest.raises(StoreError):
        await opened.history.rebuild(["c1"])
