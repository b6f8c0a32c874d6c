"""Search by meaning, beside the words and together with them, on every database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC

import pytest
from sqlalchemy import select, text

from assist.errors import InputError
from assist.messages import LineCorrected
from assist.scope import CallScope
from assist.search.archive import FoundPage
from assist.search.language import conditions_of
from assist.search.query import By, Order, PageWanted, Search
from assist.stores import Stores, open_stores, schema
from assist.stores.archive_by_meaning import fused
from assist.stores.database import Database
from assist.stores.meaning_search import MeaningSearch
from tests.support.archived_calls import archived_log, said
from tests.support.past_calls import NOW
from tests.support.placers import TopicPlacer, place_of

DEAR = archived_log(
    "dear",
    *said(("agent", "给您推荐一个大套餐。"), ("customer", "一个月要这么多钱，太贵了吧。"), ("agent", "嗯。")),
    hours_ago=1,
    agent_id="8001",
)
CHEAP = archived_log(
    "cheap",
    *said(("agent", "这个便宜，划算得很。"), ("customer", "那给我办一个宽带吧。")),
    hours_ago=24,
    agent_id="8002",
    duration_ms=90_000,
)
BROKEN = archived_log(
    "broken", *said(("customer", "家里断网了，上不了网。"), ("customer", "我要投诉。")), hours_ago=48, agent_id="8001"
)
CALLS = (DEAR, CHEAP, BROKEN)


@pytest.fixture
def placer() -> TopicPlacer:
    return TopicPlacer()


@pytest.fixture
async def stores(store_url: str, placer: TopicPlacer) -> AsyncGenerator[Stores]:
    async with open_stores(store_url, placer=placer) as opened:
        for log in CALLS:
            await opened.calls.append(log)
        await place(opened)
        yield opened


async def place(stores: Stores) -> MeaningSearch:
    """What the service does while it runs."""
    assert stores.meanings is not None
    while await stores.meanings.place_some(limit=2):
        pass
    await stores.meanings.refresh()
    return stores.meanings


async def find(
    stores: Stores,
    asked: str,
    by: By = "meaning",
    *,
    order: Order = "relevance",
    limit: int = 20,
    after: str | None = None,
) -> FoundPage:
    search = Search(conditions_of(asked, zone=UTC, now=NOW), by=by)
    return await stores.archive.find(search, PageWanted(limit=limit, after=after, order=order))


def ids(page: FoundPage) -> list[str]:
    return [call.document.call_id for call in page.calls]


async def test_calls_are_found_in_which_something_like_it_was_said(stores: Stores) -> None:
    page = await find(stores, "价钱不划算")
    assert ids(page) == ["cheap", "dear"]
    assert [snippet.text for snippet in page.calls[1].snippets] == ["一个月要这么多钱，太贵了吧。"]
    assert page.calls[1].snippets[0].score == pytest.approx(1.0, abs=0.02)


async def test_words_alone_do_not_find_them(stores: Stores) -> None:
    assert ids(await find(stores, "价钱不划算", "words")) == []


async def test_the_party_has_to_have_meant_it(stores: Stores) -> None:
    assert ids(await find(stores, "party:customer 价钱不划算")) == ["dear"]


async def test_everything_else_that_is_asked_has_to_hold(stores: Stores) -> None:
    assert ids(await find(stores, "价钱不划算 agent:8001")) == ["dear"]
    assert ids(await find(stores, "价钱不划算 -套餐")) == ["cheap"]
    assert ids(await find(stores, "价钱不划算 agent:7999")) == []


async def test_calls_that_somebody_may_not_see_are_not_found(stores: Stores) -> None:
    conditions = conditions_of("价钱不划算", zone=UTC, now=NOW)
    search = Search(conditions, CallScope(frozenset({"8002"})), by="meaning")
    assert ids(await stores.archive.find(search, PageWanted(order="relevance"))) == ["cheap"]
    assert await stores.archive.count(search) == 1


async def test_both_puts_calls_first_that_hold_the_words_as_well(stores: Stores) -> None:
    page = await find(stores, "宽带断网", "both")
    assert ids(page) == ["broken", "cheap"]
    assert ids(await find(stores, "太贵", "both")) == ["dear", "cheap"]
    said_so = (await find(stores, "太贵", "both")).calls[0].snippets
    assert [(snippet.marks, snippet.score) for snippet in said_so] == [(((9, 11),), None)]


async def test_found_calls_can_be_ordered_by_time_and_length(stores: Stores) -> None:
    assert ids(await find(stores, "价钱不划算", order="newest")) == ["dear", "cheap"]
    assert ids(await find(stores, "价钱不划算", order="longest")) == ["cheap", "dear"]


@pytest.mark.parametrize("order", ["relevance", "newest", "longest"])
async def test_pages_follow_each_other(stores: Stores, order: Order) -> None:
    first = await find(stores, "价钱不划算", order=order, limit=1)
    second = await find(stores, "价钱不划算", order=order, limit=1, after=first.next)
    assert second.next is None
    assert [*ids(first), *ids(second)] == ids(await find(stores, "价钱不划算", order=order))


async def test_a_question_without_words_is_one_for_words(stores: Stores) -> None:
    assert ids(await find(stores, "agent:8001")) == ["dear", "broken"]


async def test_without_a_model_only_words_are_found(store_url: str) -> None:
    async with open_stores(store_url) as plain:
        with pytest.raises(InputError) as caught:
            await find(plain, "价钱不划算")
    assert caught.value.code == "search-no-meanings"


async def test_what_means_too_little_is_not_placed(stores: Stores, placer: TopicPlacer) -> None:
    assert "嗯。" not in [sentence.text for sentence in placer.asked]


async def test_a_line_that_was_put_right_is_found_by_its_new_meaning(stores: Stores) -> None:
    change = LineCorrected(at_ms=2_000, utterance_id="customer-1", text="我要找你们领导。", by="u1", by_name="小张")
    after = BROKEN[-1].model_copy(update={"seq": BROKEN[-1].seq + 1, "event": change})
    moved = [after.model_copy(update={"call_id": "dear", "seq": DEAR[-1].seq + 1})]
    await stores.calls.append(moved)
    await place(stores)
    assert ids(await find(stores, "价钱不划算")) == ["cheap"]
    assert set(ids(await find(stores, "领导主管"))) == {"broken", "dear"}


async def test_an_erased_customer_leaves_no_place_in_database_and_memory(stores: Stores, store_url: str) -> None:
    meanings = await place(stores)
    told = place_of("家里断网了，上不了网。")
    removed = await stores.records.erase("customer", "1", reason="asked", by="admin")
    assert removed.things["meanings"] == len(CALLS)
    database = await Database.open(store_url)
    async with database.reading() as connection:
        left = (await connection.execute(select(schema.archive_meanings.c.places))).all()
    await database.close()
    assert left == []
    await meanings.refresh()
    assert meanings.calls == 0
    assert told not in meanings.held()
    assert ids(await find(stores, "价钱不划算")) == []


async def test_what_another_service_placed_and_erased_is_taken_over(stores: Stores, store_url: str) -> None:
    async with open_stores(store_url, placer=TopicPlacer()) as other:
        assert ids(await find(other, "价钱不划算")) == ["cheap", "dear"]
        await stores.records.erase("call", "cheap", reason="asked", by="admin")
        assert ids(await find(other, "价钱不划算")) == ["dear"]  # before it knows
        assert other.meanings is not None
        await other.meanings.refresh()
        assert other.meanings.calls == 2


async def test_a_call_that_takes_the_version_of_an_erased_one_is_taken_over(stores: Stores, store_url: str) -> None:
    async with open_stores(store_url, placer=TopicPlacer()) as other:
        assert other.meanings is not None
        await other.meanings.refresh()
        latest = await place(stores)
        await stores.records.erase("call", CALLS[0][0].call_id, reason="asked", by="admin")
        await stores.records.erase("call", CALLS[1][0].call_id, reason="asked", by="admin")
        await stores.records.erase("call", CALLS[2][0].call_id, reason="asked", by="admin")
        for call_id in ("first", "second", "third"):
            await stores.calls.append(archived_log(call_id, *said(("customer", "太贵了，不划算。"))))
        await place(stores)
        await other.meanings.refresh()
        assert set(ids(await find(other, "价钱不划算"))) == {"first", "second", "third"}
        assert latest.calls == other.meanings.calls == 3


async def test_another_model_places_every_call_anew(stores: Stores, store_url: str) -> None:
    newer = TopicPlacer("topics@2")
    async with open_stores(store_url, placer=newer) as other:
        assert ids(await find(other, "价钱不划算")) == []
        await place(other)
        assert ids(await find(other, "价钱不划算")) == ["cheap", "dear"]
    await (await place(stores)).refresh()


async def test_a_rebuilt_archive_has_its_places_again(stores: Stores, store_url: str) -> None:
    database = await Database.open(store_url)
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM archive_meanings"))
    await database.close()
    assert stores.meanings is not None
    await stores.archive.rebuild([log[0].call_id for log in CALLS])
    await stores.meanings.refresh()
    assert stores.meanings.calls == len(CALLS)


def test_a_place_in_both_orders_counts_more_than_the_first_place_in_one() -> None:
    assert fused([1, 2, 3], [4, 2]) == [2, 1, 4, 3]
