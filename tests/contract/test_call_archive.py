"""What every CallArchive must do, beside the CallStore of the same database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC

import pytest
from sqlalchemy import delete, text

from assist.errors import InputError, StoreError
from assist.messages import Envelope, LineCorrected, Party, Result
from assist.scope import EVERY_CALL, NO_CALL, CallScope
from assist.search.archive import FoundPage
from assist.search.document import archived
from assist.search.language import conditions_of
from assist.search.query import Order, PageWanted, Search
from assist.stores import Stores, open_stores, schema
from assist.stores.archive import PAGE_ROWS
from assist.stores.database import Database
from tests.support.archived_calls import (
    archived_log,
    felt,
    flagged,
    offered,
    overtalk,
    said,
    silent,
    wanted,
)
from tests.support.past_calls import NOW


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def find(
    stores: Stores,
    text: str = "",
    *,
    order: Order = "newest",
    limit: int = 20,
    after: str | None = None,
    scope: CallScope = EVERY_CALL,
) -> FoundPage:
    search = Search(conditions_of(text, zone=UTC, now=NOW), scope)
    return await stores.archive.find(search, PageWanted(limit=limit, after=after, order=order))


async def ids(
    stores: Stores,
    text: str = "",
    *,
    order: Order = "newest",
    after: str | None = None,
    scope: CallScope = EVERY_CALL,
) -> list[str]:
    """Of the calls that are found, as they come."""
    page = await find(stores, text, order=order, after=after, scope=scope)
    return [call.document.call_id for call in page.calls]


BROADBAND = archived_log(
    "broadband",
    *said(
        ("agent", "您好，请问有什么可以帮您？"),
        ("customer", "我家宽带又断了，我要投诉你们。"),
        ("agent", "一百二十八元的套餐可以提速。", "128元的套餐可以提速。"),
        ("customer", "不需要，谢谢。"),
    ),
    wanted("fault_broadband"),
    wanted("complain_unresolved", early=True),
    wanted("escalate", party="agent"),
    felt("neutral", 0.0),
    felt("angry", -0.8, at_ms=2_000),
    felt("neutral", 0.0, at_ms=6_000),
    flagged("forbidden-words"),
    flagged("greeting", "met", "minor"),
    offered("提速套餐", "refused"),
    silent(10_000, 45_000),
    overtalk(1_500),
    hours_ago=1,
    agent_id="8001",
)
ROAMING = archived_log(
    "roaming",
    *said(
        ("customer", "出国漫游怎么开通？宽"),
        ("agent", "带您开通漫游包，漫游包很便宜。"),
        ("customer", "好的，办理。"),
    ),
    wanted("want_roaming"),
    felt("happy", 0.7),
    flagged("price", "at_risk", "critical"),
    offered("漫游包", "accepted"),
    hours_ago=48,
    agent_id="8002",
    duration_ms=180_000,
)
SILENT = archived_log("silent", hours_ago=72, agent_id="8001", duration_ms=20_000)
CALLS = (BROADBAND, ROAMING, SILENT)
ALL = ["broadband", "roaming", "silent"]


@pytest.fixture
async def filled(stores: Stores) -> Stores:
    for log in CALLS:
        await stores.calls.append(log)
    return stores


async def test_a_call_is_found_once_it_is_closed_as_its_log_tells(stores: Stores) -> None:
    await stores.calls.append(BROADBAND[:-1])
    assert await ids(stores) == []
    await stores.calls.append(BROADBAND[-1:])
    page = await find(stores)
    expected = archived(BROADBAND)
    assert expected is not None
    assert [call.document for call in page.calls] == [expected.document]
    assert page.next is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("宽带", ["broadband"]),
        ("宽", ["broadband", "roaming"]),
        ("漫游包", ["roaming"]),
        ("漫游 便宜", ["roaming"]),
        ("漫游 宽带", []),
        ('"我家宽带又断了"', ["broadband"]),
        ('"断了，我要投诉"', ["broadband"]),
        ('"帮您？我家"', []),
        ("128元", ["broadband"]),
        ("一百二十八", ["broadband"]),
        ("party:agent 漫游", ["roaming"]),
        ("party:agent 宽带", []),
        ("customer-says:漫游 agent-says:便宜", ["roaming"]),
        ("-宽带", ["roaming", "silent"]),
        ("-customer-says:漫游", ["broadband", "silent"]),
        ("开通 -宽带", ["roaming"]),
        ("没有说过", []),
        ("agent:8001", ["broadband", "silent"]),
        ("agent:小王", ALL),
        ("-agent:8001", ["roaming"]),
        ("customer:1", ALL),
        ("customer:李先生 漫游", ["roaming"]),
        ("customer:2", []),
        ("intent:fault_broadband", ["broadband"]),
        ("intent:fault_broadband,want_roaming", ["broadband", "roaming"]),
        ("intent:complain_unresolved", []),
        ("reason:complain_billing", ["broadband", "roaming"]),
        ("reason:unknown", ["silent"]),
        ("-reason:unknown", ["broadband", "roaming"]),
        ("repeat:yes", []),
        ("repeat:no", ALL),
        ("called-again:yes", ["roaming"]),
        ("called-again:no", ["broadband", "silent"]),
        ("intent:escalate", []),
        ("-intent:want_roaming", ["broadband", "silent"]),
        ("emotion:angry", ["broadband"]),
        ("worst:angry begins:neutral ends:neutral", ["broadband"]),
        ("ends:angry", []),
        ("flag:forbidden-words", ["broadband"]),
        ("flag:forbidden", ["broadband"]),
        ("flag:greeting", []),
        ("flag:greeting verdict:met", ["broadband"]),
        ("flag:*", ["broadband", "roaming"]),
        ("severity:critical", ["roaming"]),
        ("verdict:at_risk severity:critical flag:forbidden-words", []),
        ("-flag:*", ["silent"]),
        ("offer:漫游", ["roaming"]),
        ("offer:提速 reaction:accepted", []),
        ("reaction:refused", ["broadband"]),
        ("reaction:refused,accepted", ["broadband", "roaming"]),
        ("sold:yes", []),
        ("silence>30s", ["broadband"]),
        ("silence>=35s", ["broadband"]),
        ("silence>35s", []),
        ("silence>50%", ["broadband"]),
        ("overtalk>=1.5s", ["broadband"]),
        ("duration>1m", ["roaming"]),
        ("duration>=1m", ["broadband", "roaming"]),
        ("duration<30s", ["silent"]),
        ("-duration<30s", ["broadband", "roaming"]),
        ("date:today", ["broadband"]),
        ("date:2026-03-07", ["roaming"]),
        ("date<2026-03-07", ["silent"]),
        ("宽带 agent:8001 flag:* emotion:angry silence>20s", ["broadband"]),
    ],
)
async def test_what_is_asked_is_found(filled: Stores, text: str, expected: list[str]) -> None:
    assert await ids(filled, text) == expected
    search = Search(conditions_of(text, zone=UTC, now=NOW))
    assert await filled.archive.count(search) == len(expected)


async def test_only_calls_that_may_be_seen_are_found(filled: Stores) -> None:
    assert await ids(filled, scope=CallScope(frozenset({"8001"}))) == ["broadband", "silent"]
    assert await ids(filled, "漫游", scope=CallScope(frozenset({"8001"}))) == []
    assert await ids(filled, scope=NO_CALL) == []


async def test_snippets_show_the_words_that_were_found(filled: Stores) -> None:
    (call,) = (await find(filled, "宽带 提速 128元")).calls
    shown = [(one.party, one.text, [one.text[start:end] for start, end in one.marks]) for one in call.snippets]
    assert shown == [
        ("customer", "我家宽带又断了，我要投诉你们。", ["宽带"]),
        ("agent", "128元的套餐可以提速。", ["128元", "提速"]),
    ]
    assert call.snippets[0].start_ms == 2_000
    (call,) = (await find(filled, "一百二十八")).calls
    assert call.snippets[0].text == "一百二十八元的套餐可以提速。"
    (call,) = (await find(filled, "agent:8002")).calls
    assert call.snippets == ()


async def test_calls_in_which_words_are_said_more_often_are_more_relevant(stores: Stores) -> None:
    words: tuple[Party, str] = ("customer", "宽带。")
    filler: tuple[Party, str] = ("agent", "请您稍等。")
    for number, times in enumerate((1, 5, 2)):
        lines = [words] * times + [filler] * (6 - times)
        await stores.calls.append(archived_log(f"c{times}", *said(*lines), hours_ago=number + 1))
    assert await ids(stores, "宽带", order="relevance") == ["c5", "c2", "c1"]
    assert await ids(stores, "宽带") == ["c1", "c5", "c2"]
    assert await ids(stores, order="relevance") == ["c1", "c5", "c2"]


async def walk(stores: Stores, text: str, order: Order, limit: int) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = await find(stores, text, order=order, limit=limit, after=after)
        assert len(page.calls) <= limit
        found += [call.document.call_id for call in page.calls]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("order", ["newest", "longest", "relevance"])
async def test_pages_hold_every_call_once(stores: Stores, order: Order) -> None:
    for number in range(7):
        log = archived_log(f"c{number}", *said(("customer", "宽带")), hours_ago=number // 2, duration_ms=number // 3)
        await stores.calls.append(log)
    whole = await ids(stores, "宽带", order=order)
    assert sorted(whole) == [f"c{number}" for number in range(7)]
    assert await walk(stores, "宽带", order, 2) == whole
    assert await walk(stores, "宽带", order, 7) == whole


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "é", "W10", "WyJuZXdlc3QiLCA5OTk5OTk5OTk5OTk5OTk5OTk5OTksIDFd"])
async def test_a_strange_cursor_is_refused(filled: Stores, cursor: str) -> None:
    with pytest.raises(InputError) as raised:
        await find(filled, after=cursor)
    assert raised.value.code == "bad-cursor"


async def test_a_cursor_of_another_order_is_refused(filled: Stores) -> None:
    page = await find(filled, limit=1)
    with pytest.raises(InputError):
        await find(filled, order="longest", after=page.next)


async def test_storing_a_log_again_changes_nothing(filled: Stores) -> None:
    before = await find(filled, "宽带")
    await filled.calls.append(BROADBAND)
    assert await find(filled, "宽带") == before


async def test_what_is_logged_after_the_close_counts(filled: Stores) -> None:
    result = Result(at_ms=60_000, offer_id=None, result="sold", by="u", source="agent")
    late = [flagged("late"), result]
    envelopes = [
        Envelope(call_id="broadband", seq=len(BROADBAND) + place, at=NOW, event=event)
        for place, event in enumerate(late, start=1)
    ]
    await filled.calls.append(envelopes)
    assert await ids(filled, "flag:late 宽带") == ["broadband"]
    assert await ids(filled, "宽带 emotion:angry intent:fault_broadband reaction:refused") == ["broadband"]


async def test_a_line_that_was_put_right_is_found_by_its_new_words(filled: Stores) -> None:
    right = LineCorrected(at_ms=2_000, utterance_id="customer-1", text="我家光纤又断了", by="u", by_name="U")
    await filled.calls.append([Envelope(call_id="broadband", seq=len(BROADBAND) + 1, at=NOW, event=right)])
    assert await ids(filled, "光纤") == ["broadband"]
    assert await ids(filled, "宽带") == []


async def test_envelopes_that_come_late_count_as_if_they_had_come_in_order(stores: Stores) -> None:
    await stores.calls.append([BROADBAND[0], BROADBAND[-1]])
    assert await ids(stores, "宽带") == []
    await stores.calls.append(BROADBAND)
    assert await ids(stores, "宽带") == ["broadband"]


async def test_documents_are_made_anew_from_the_logs(filled: Stores) -> None:
    before = await find(filled, "宽带")
    await filled.archive.rebuild(["broadband", "nobody"])
    await filled.archive.rebuild([])
    assert await find(filled, "宽带") == before
    assert await ids(filled) == ALL


async def test_no_text_of_anybody_is_a_question_to_the_database(filled: Stores) -> None:
    for asked in ("'; DROP TABLE calls; --", '"AND OR NOT NEAR"', "agent:* x", "%", "flag:%", "flag:_", "offer:漫_包"):
        assert await ids(filled, asked) in ([], ALL)


async def test_a_closed_database_is_a_store_error(store_url: str) -> None:
    async with open_stores(store_url) as opened:
        pass
    with pytest.raises(StoreError):
        await ids(opened)
    with pytest.raises(StoreError):
        await opened.archive.rebuild(["c1"])


async def test_a_long_call_is_found_by_its_first_and_its_last_words(stores: Stores) -> None:
    waiting: tuple[Party, str] = ("agent", "请稍等")
    words: list[tuple[Party, str]] = [waiting] * (2 * PAGE_ROWS)
    words[0], words[-1] = ("customer", "开头"), ("customer", "末尾")
    await stores.calls.append(archived_log("long", *said(*words)))
    assert await ids(stores, "开头 末尾") == ["long"]
    (call,) = (await find(stores, "开头 末尾")).calls
    assert [one.text for one in call.snippets] == ["开头", "末尾"]


async def test_a_call_that_is_removed_leaves_nothing_in_the_archive(filled: Stores, store_url: str) -> None:
    database = await Database.open(store_url)
    async with database.writing() as connection:
        await connection.execute(delete(schema.calls).where(schema.calls.c.call_id == "broadband"))
    async with database.reading() as connection:
        texts = (await connection.execute(text(f"SELECT count(*) FROM {schema.ARCHIVE_TEXT}"))).scalar_one()
    await database.close()
    assert texts == len(CALLS) - 1
    assert await ids(filled, "宽带") == []
    assert await ids(filled) == ["roaming", "silent"]
