"""Closed calls become findable by meaning while a service runs."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import cast

import pytest

from assist.errors import StoreError
from assist.search.language import conditions_of
from assist.search.query import PageWanted, Search
from assist.stores import Stores, open_stores
from assist.stores.meaning_search import MeaningSearch
from gateway.placing import Placing
from tests.support.archived_calls import archived_log, said
from tests.support.past_calls import NOW
from tests.support.placers import TopicPlacer

DEAR = archived_log("dear", *said(("customer", "这么多钱，太贵了。")))
LATER = archived_log("later", *said(("customer", "这个不便宜，不划算。")))
BY_MEANING = Search(conditions_of("价钱太贵", zone=UTC, now=NOW), by="meaning")


async def found(stores: Stores, expected: set[str]) -> None:
    """Return once these calls are found."""
    async with asyncio.timeout(20):
        while True:
            page = await stores.archive.find(BY_MEANING, PageWanted(order="relevance"))
            if {call.document.call_id for call in page.calls} == expected:
                return
            await asyncio.sleep(0.01)


async def test_calls_are_found_as_they_are_closed_and_no_more_once_erased(tmp_path: Path) -> None:
    async with open_stores(f"sqlite:///{tmp_path}/calls.db", placer=TopicPlacer()) as stores:
        assert stores.meanings is not None
        await stores.calls.append(DEAR)
        placing = asyncio.create_task(Placing(stores.meanings, every_s=0.01, batch_calls=1).run())
        await found(stores, {"dear"})
        await stores.calls.append(LATER)
        await found(stores, {"dear", "later"})
        await stores.records.erase("call", "dear", reason="asked", by="admin")
        await found(stores, {"later"})
        await stores.meanings.refresh()
        assert stores.meanings.calls == 1
        placing.cancel()
        with suppress(asyncio.CancelledError):
            await placing


class AwayMeanings:
    """Cannot serve, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.asked = 0
        self.was_asked_often = asyncio.Event()

    async def place_some(self, *, limit: int) -> int:
        self.asked += 1
        if self.asked == 3:
            self.was_asked_often.set()
        raise StoreError("The database server does not answer.")


async def test_a_store_that_is_away_is_told_once_and_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    meanings = AwayMeanings()
    with caplog.at_level(logging.WARNING):
        placing = asyncio.create_task(Placing(cast(MeaningSearch, meanings), every_s=0.001).run())
        await meanings.was_asked_often.wait()
        placing.cancel()
        with suppress(asyncio.CancelledError):
            await placing
    assert [record.message for record in caplog.records] == ["calls cannot be found by meaning"]
