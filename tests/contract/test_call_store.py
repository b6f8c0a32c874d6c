"""What every CallStore must do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import NotFoundError, StoreError
from assist.messages import Agent, CallUpdated, Customer, Envelope, LineCorrected
from assist.ports import CallQuery, CallStore, CallSummary
from assist.stores import open_stores
from assist.summary import summarise
from tests.support.envelopes import START, closed, flag, log, opened, outcome, partial, prompt, silence, utterance


@pytest.fixture
async def store(store_url: str) -> AsyncGenerator[CallStore]:
    async with open_stores(store_url) as stores:
        yield stores.calls


def summary_of(envelopes: list[Envelope]) -> CallSummary | None:
    return reduce(summarise, envelopes, None)


WHOLE = log(
    "whole",
    opened(),
    partial("u1", 1),
    partial("u1", 2),
    utterance("u1"),
    prompt("p1"),
    flag("f1", "at_risk"),
    flag("f1", "met"),
    flag("f2", "breach"),
    closed(),
    outcome("p1"),
)


async def test_envelopes_come_back_as_they_went_in(store: CallStore) -> None:
    await store.append(WHOLE)
    assert await store.envelopes("whole") == WHOLE


async def test_envelopes_are_read_in_pages(store: CallStore) -> None:
    long = log("long", opened(), *(silence(n) for n in range(1, 1_300)))
    await store.append(long)
    assert await store.envelopes("long") == long
    assert await store.envelopes("long", after=3, limit=5) == long[3:8]
    assert await store.envelopes("long", after=1_000, limit=1_000) == long[1_000:]
    assert await store.envelopes("long", after=1_300) == []


async def test_envelopes_are_read_by_type(store: CallStore) -> None:
    await store.append(WHOLE)
    wanted = [envelope for envelope in WHOLE if envelope.event.type in ("flag", "prompt")]
    assert await store.envelopes("whole", types=("flag", "prompt")) == wanted
    assert await store.envelopes("whole", types=("flag", "prompt"), after=wanted[0].seq, limit=2) == wanted[1:3]
    assert await store.envelopes("whole", types=()) == []


async def test_a_hole_in_a_log_is_told_until_it_is_filled(store: CallStore) -> None:
    await store.append(WHOLE[:2])
    assert await store.is_whole("whole")
    await store.append(WHOLE[3:])
    assert not await store.is_whole("whole")
    await store.append(WHOLE[2:3])
    assert await store.is_whole("whole")
    await store.append(log("headless", silence(2), first=2))
    assert not await store.is_whole("headless")


async def test_an_unknown_call_has_nothing(store: CallStore) -> None:
    assert await store.envelopes("nobody") == []
    assert await store.is_whole("nobody")
    assert await store.summary("nobody") is None


async def test_appending_nothing_is_allowed(store: CallStore) -> None:
    await store.append([])
    assert await store.calls(CallQuery()) == []


async def test_appending_again_changes_nothing(store: CallStore) -> None:
    await store.append(WHOLE)
    summary = await store.summary("whole")
    await store.append(WHOLE[2:5])
    await store.append([*WHOLE, *WHOLE])
    assert await store.envelopes("whole") == WHOLE
    assert await store.summary("whole") == summary


async def test_one_append_may_hold_several_calls(store: CallStore) -> None:
    first, second = log("first", opened(), silence()), log("second", opened(), utterance("u1"))
    await store.append([first[0], second[0], first[1], second[1]])
    assert await store.envelopes("first") == first
    assert await store.envelopes("second") == second


async def test_summary_is_the_fold_of_the_log(store: CallStore) -> None:
    for envelope in WHOLE:
        await store.append([envelope])
    assert await store.summary("whole") == summary_of(WHOLE)


async def test_late_envelopes_count_as_if_they_had_come_in_order(store: CallStore) -> None:
    await store.append([*WHOLE[:3], *WHOLE[7:]])
    await store.mark_audio("whole")
    await store.append(WHOLE)
    expected = summary_of(WHOLE)
    assert expected is not None
    assert await store.summary("whole") == replace(expected, has_audio=True)
    assert await store.envelopes("whole") == WHOLE


async def test_concurrent_appends_are_all_stored(store: CallStore) -> None:
    logs = [log(f"call-{n}", opened(), *(silence(m) for m in range(1, 20))) for n in range(40)]

    async def append_slowly(envelopes: list[Envelope]) -> None:
        for start in range(0, len(envelopes), 7):
            await store.append(envelopes[start : start + 7])

    async with asyncio.TaskGroup() as tasks:
        for envelopes in logs:
            tasks.create_task(append_slowly(envelopes))
    for envelopes in logs:
        assert await store.envelopes(envelopes[0].call_id) == envelopes


async def test_a_cancelled_append_does_not_disturb_its_neighbours(store: CallStore) -> None:
    logs = [log(f"call-{n}", opened(), silence()) for n in range(8)]
    tasks = [asyncio.create_task(store.append(envelopes)) for envelopes in logs]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task, envelopes in zip(tasks, logs, strict=True):
        if not task.cancelled():
            assert await store.envelopes(envelopes[0].call_id) == envelopes
    await store.append(logs[0])
    assert await store.envelopes("call-0") == logs[0]


async def test_any_text_of_a_phone_platform_is_stored(store: CallStore) -> None:
    name = "a\0b \N{GRINNING FACE} \u202e'\";--"
    agent, customer = Agent(agent_id=name, name=name), Customer(customer_id=name, name=name)
    whole = log("odd", CallUpdated(at_ms=0, agent=agent, customer=customer))
    await store.append([*log("odd", opened()), *log("odd", *(e.event for e in whole), first=2), *log("even", opened())])
    assert (await store.envelopes("odd"))[1].event == whole[0].event
    found = await store.calls(CallQuery(agent_id=name))
    assert [(call.call_id, call.customer_name) for call in found] == [("odd", name.replace("\0", "\ufffd"))]


async def test_a_call_that_contradicts_the_database_keeps_no_other_out(
    store: CallStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(connection: AsyncConnection, call_ids: Sequence[str]) -> None:
        if "call-3" in call_ids:
            raise IntegrityError("INSERT", None, ValueError("a constraint"))

    monkeypatch.setattr("assist.stores.sql.write_records", refuse)
    logs = [log(f"call-{n}", opened(), closed()) for n in range(6)]
    results = await asyncio.gather(*(store.append(one) for one in logs), return_exceptions=True)
    failed = [result for result in results if result is not None]
    assert [getattr(one, "code", None) for one in failed] == ["store-inconsistent"]
    for number, one in enumerate(logs):
        assert await store.envelopes(one[0].call_id) == ([] if number == 3 else one)
    monkeypatch.undo()
    await store.append(logs[3])
    assert await store.envelopes("call-3") == logs[3]


async def test_calls_are_listed_newest_first_and_page_by_time(store: CallStore) -> None:
    logs = [log(f"call-{n}", opened(), at=START + timedelta(minutes=n)) for n in range(5)]
    await store.append([envelope for envelopes in reversed(logs) for envelope in envelopes])
    page = await store.calls(CallQuery(limit=2))
    assert [call.call_id for call in page] == ["call-4", "call-3"]
    rest = await store.calls(CallQuery(before=page[-1].opened_at))
    assert [call.call_id for call in rest] == ["call-2", "call-1", "call-0"]
    between = await store.calls(CallQuery(since=START + timedelta(minutes=1), before=START + timedelta(minutes=3)))
    assert [call.call_id for call in between] == ["call-2", "call-1"]


async def test_calls_are_filtered_by_agent_and_state(store: CallStore) -> None:
    await store.append(log("open-1", opened("8001")))
    await store.append(log("open-2", opened("8002")))
    await store.append(log("closed-1", opened("8001"), closed()))
    await store.append(log("closed-0", opened(None), closed()))

    async def found(query: CallQuery) -> set[str]:
        return {call.call_id for call in await store.calls(query)}

    assert await found(CallQuery(agent_id="8001")) == {"open-1", "closed-1"}
    assert await found(CallQuery(is_open=True)) == {"open-1", "open-2"}
    assert await found(CallQuery(is_open=False)) == {"closed-1", "closed-0"}
    assert await found(CallQuery(agent_id="8002", is_open=False)) == set()


async def test_calls_in_which_a_line_was_put_right_are_told_apart(store: CallStore) -> None:
    for call_id in ("left", "corrected", "open"):
        await store.append(log(call_id, opened("8001"), *([] if call_id == "open" else [closed()])))
    change = LineCorrected(at_ms=0, utterance_id="u1", text="对的。", by="u1", by_name="小张")
    for call_id, seq in (("corrected", 3), ("open", 2)):
        last = log(call_id, opened("8001"))[0]
        await store.append([last.model_copy(update={"seq": seq, "event": change})])
    found = await store.calls(CallQuery(is_corrected=True, is_open=False))
    assert [call.call_id for call in found] == ["corrected"]


async def test_audio_is_remembered_when_the_log_goes_on(store: CallStore) -> None:
    await store.append(WHOLE[:-1])
    await store.mark_audio("whole")
    await store.append(WHOLE[-1:])
    summary = await store.summary("whole")
    assert summary is not None
    assert summary.has_audio


async def test_audio_of_an_unknown_call_is_an_error(store: CallStore) -> None:
    with pytest.raises(NotFoundError) as caught:
        await store.mark_audio("nobody")
    assert caught.value.code == "unknown-call"


async def test_calls_outlive_the_store_that_wrote_them(store_url: str) -> None:
    async with open_stores(store_url) as stores:
        await stores.calls.append(WHOLE)
    async with open_stores(store_url) as stores:
        assert await stores.calls.envelopes("whole") == WHOLE


async def test_a_closed_store_refuses_with_its_code(store: CallStore) -> None:
    await store.close()
    await store.close()
    for attempt in (store.append(WHOLE), store.envelopes("whole"), store.calls(CallQuery())):
        with pytest.raises(StoreError) as caught:
            await attempt
        assert caught.value.code == "store-closed"
