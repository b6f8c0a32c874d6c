"""Calls that come through doors of phone platforms, through a protocol made up for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from assist.messages import AudioGap, CallClosed, CallUpdated
from tests.integration.sources.toy_service import heard, opened, toy
from tests.support.toy_source import join, sound, word


async def test_a_call_from_the_first_word_to_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as connection:
        assert await connection.recv() == "hello True"
        await connection.send(join(["agent", "customer"], "pbx-7", agent="1001"))
        assert await connection.recv() == "opened"
        call_id = (await heard(connection, "joined")).split()[1]
        for _ in range(200):
            await connection.send(sound("agent"))
            await connection.send(sound("customer"))
        await connection.send(word("strange"))
        await connection.send(word("strange"))
        await connection.send(word("agent", id="1002"))
        await connection.send(word("leave"))
        texts = [str(text) async for text in _until_closed(connection)]
        events = [text.split()[2] for text in texts if text.startswith("event")]
        assert events[0] == "call-opened"
        assert events[-1] == "call-closed"
        assert texts[-1] == "closed {'agent': 4000, 'customer': 4000}"
        await connection.send(word("hang", code=4001, reason="done"))
        await connection.wait_closed()
        assert (connection.close_code, connection.close_reason) == (4001, "done")
        summary = await at.service.store.summary(call_id)
        assert summary is not None
        assert (summary.external_id, summary.source, summary.agent_id) == ("pbx-7", "toy/1", "1002")
        assert at.remarks() == {"unknown-event": 2}


async def _until_closed(connection: ClientConnection) -> AsyncGenerator[str]:
    async for message in connection:
        yield str(message)
        if str(message).startswith("closed"):
            return


async def test_one_connection_carries_one_call_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as connection:
        calls: set[str] = set()
        for _ in range(3):
            calls.add(await opened(connection, ["mixed"]))
            await connection.send(join(["mixed"]))
            await connection.send(sound("mixed", 1_000))
            await connection.send(word("leave"))
            assert await heard(connection, "closed") == "closed {'mixed': 1000}"
        assert len(calls) == 3


async def test_legs_on_two_connections_meet_in_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as customer:
        call_id = await opened(customer, ["customer"], "k", others=["agent"])
        await customer.send(sound("customer", 500))
        await asyncio.sleep(0.3)
        async with at.connect() as agent:
            assert await opened(agent, ["agent"], "k") == call_id
            for _ in range(20):
                await agent.send(sound("agent"))
                await customer.send(sound("customer"))
                await asyncio.sleep(0.02)
            await agent.send(word("leave"))
            await customer.send(word("leave"))
            for connection in (agent, customer):
                await heard(connection, "closed")
        log = await at.log(call_id)
    gaps = [event for event in log if isinstance(event, AudioGap)]
    (closed,) = [event for event in log if isinstance(event, CallClosed)]
    assert [(gap.party, gap.start_ms, gap.inferred) for gap in gaps] == [("agent", 0, True)]
    assert gaps[0].end_ms >= 300
    assert {leg.party: leg.received_ms - leg.gaps_ms for leg in closed.ledger} == {"customer": 900, "agent": 400}


async def test_a_dropped_connection_is_taken_up_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect() as connection:
            call_id = await opened(connection, ["mixed"], "k")
            await connection.send(sound("mixed", 1_000))
            await connection.send(word("ping"))
            await heard(connection, "pong")
            connection.transport.abort()
        async with at.connect() as again:
            await again.send(join(["mixed"], "k"))
            joined = await heard(again, "joined")
            assert joined == f"joined {call_id} {{'mixed': 1000}}"
            await again.send(sound("mixed", 1_000))
            await again.send(word("leave"))
            await heard(again, "closed")
        log = await at.log(call_id)
    assert [e.connection for e in log if isinstance(e, CallUpdated)] == ["detached", "attached"]
    (closed,) = [event for event in log if isinstance(event, CallClosed)]
    assert closed.cause == "hangup"
    assert closed.ledger[0].received_ms - closed.ledger[0].gaps_ms == 2_000


async def test_a_clean_close_is_told_from_a_lost_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect() as connection:
            call_id = await opened(connection, ["mixed"], "k")
            await connection.send(sound("mixed", 1_000))
        (live,) = at.service.supervisor.journals
        await live.stored(live.view.seq)
        await at.service.supervisor.over(call_id)
        log = await at.log(call_id)
    assert isinstance(log[-1], CallClosed)
    assert log[-1].cause == "hangup"


async def test_a_live_connection_that_brings_the_leg_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as first, at.connect() as second:
        await opened(first, ["mixed"], "k")
        await first.send(sound("mixed"))
        await first.send(word("ping"))
        await heard(first, "pong")
        await second.send(join(["mixed"], "k"))
        assert await heard(second, "failed") == "failed leg-taken"
        await second.send(sound("mixed"))
        await second.send(word("ping"))
        await heard(second, "pong")
        await first.send(word("leave"))
        assert await heard(first, "closed") == "closed {'mixed': 20}"
