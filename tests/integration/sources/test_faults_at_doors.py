"""What may go wrong at doors of phone platforms, through a protocol made up for tests."""

from __future__ import annotations

import asyncio
import socket as sockets
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from assist.errors import StoreError
from assist.messages import CallClosed
from assist.supervisor import SupervisorLimits
from gateway.expected_calls import Announcement
from tests.integration.sources.toy_service import Toy, heard, opened, toy
from tests.support.toy_source import join, sound, word


async def test_a_refused_call_is_told_to_the_codec_and_the_connection_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = SupervisorLimits(max_calls=1)
    async with (
        toy(tmp_path, monkeypatch, supervisor_limits=limits) as at,
        at.connect() as first,
        at.connect() as second,
    ):
        await opened(first, ["mixed"])
        await second.send(join(["mixed"]))
        assert await heard(second, "failed") == "failed overloaded"
        await second.send(sound("mixed"))
        await second.send(join(["mixed"], playbook="no-such"))
        assert await heard(second, "failed") == "failed overloaded"
        await first.send(word("leave"))
        await heard(first, "closed")
        await second.send(join(["mixed", "agent"]))
        assert await heard(second, "failed") == "failed bad-legs"
        assert await opened(second, ["mixed"])


@pytest.mark.parametrize("by", ["connection", "announcement"])
async def test_a_playbook_that_is_not_there_costs_a_remark_and_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as connection:
        if by == "announcement":
            at.service.expected.announce(Announcement(key="k", playbook="deleted"))
        named = {"playbook": "typo"} if by == "connection" else {}
        assert await opened(connection, ["mixed"], "k", **named)
        assert [call.playbook.partition("@")[0] for call in at.service.supervisor.calls()] == ["small"]
        assert at.remarks() == {"unknown-playbook": 1.0}


async def test_no_handshake_waits_for_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def slow(key: str | None) -> bool:
        asked.set()
        await let_go.wait()
        return True

    async with toy(tmp_path, monkeypatch, is_key=slow) as at, at.connect() as connection:
        assert await connection.recv() == "hello True"
        await connection.send(join(["mixed"], "k"))
        assert await connection.recv() == "opened"
        await connection.send(sound("mixed", 1_000))
        await asked.wait()
        await connection.send(word("leave"))
        await connection.send(word("ping"))
        assert await connection.recv() == "pong "
        assert at.service.supervisor.calls() == []
        let_go.set()
        assert await heard(connection, "closed") == "closed {'mixed': 1000}"


async def test_what_came_before_the_peer_left_counts_once_its_key_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = asyncio.Event()

    async def slow(key: str | None) -> bool:
        await let_go.wait()
        return True

    async with toy(tmp_path, monkeypatch, is_key=slow) as at:
        async with at.connect() as connection:
            await connection.send(join(["mixed"], "k"))
            await connection.send(sound("mixed", 1_000))
            await connection.send(word("leave"))
        assert at.service.supervisor.calls() == []
        let_go.set()
        async with at.service.bus.subscribe(None) as calls:
            async for envelope in calls:
                if isinstance(envelope.event, CallClosed):
                    assert envelope.event.ledger[0].received_ms == 1_000
                    break


async def test_keys_that_nobody_can_look_up_are_told_to_the_codec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(key: str | None) -> bool:
        raise StoreError("The store is away.")

    async with toy(tmp_path, monkeypatch, is_key=away) as at, at.connect() as connection:
        await connection.send(join(["mixed"], "k"))
        assert await heard(connection, "failed") == "failed store-unavailable"
        await connection.send(word("ping"))
        assert await heard(connection, "pong")


async def test_a_key_that_could_not_be_looked_up_is_looked_up_again_with_the_next_wish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])

    async def soon_back(key: str | None) -> bool:
        if not next(answers):
            raise StoreError("The store is away.")
        return True

    async with toy(tmp_path, monkeypatch, is_key=soon_back) as at, at.connect() as connection:
        await connection.send(word("ping"))
        assert await heard(connection, "pong")
        await connection.send(join(["mixed"], "k"))
        assert await heard(connection, "failed") == "failed store-unavailable"
        await connection.send(join(["mixed"], "k"))
        assert await heard(connection, "joined")


async def test_huge_frames_and_floods_cost_their_own_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as other:
        call_id = await opened(other, ["mixed"], "other")
        for message, code in (
            (b"\0" * (1 << 20), None),
            (b"\0" * ((1 << 20) + 1), 1009),
            ("x" * ((1 << 20) + 1), 1009),
        ):
            async with at.connect() as connection:
                await opened(connection, ["agent"])
                await connection.send(message)
                if code is not None:
                    await connection.wait_closed()
                    assert connection.close_code == code
                else:
                    await connection.send(word("ping", n="x" * 70_000))
                    assert len(await heard(connection, "pong")) > 70_000
        async with at.connect() as connection:
            with suppress(ConnectionClosed):
                for _ in range(5_000):
                    await connection.send(word("noise"))
            await connection.wait_closed()
            assert connection.close_code == 4429
        await other.send(sound("mixed", 1_000))
        await other.send(word("leave"))
        assert await heard(other, "closed") == "closed {'mixed': 1000}"
        assert (await at.log(call_id))[-1].cause == "hangup"


async def test_who_sends_byte_by_byte_or_nothing_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        request = f"GET /ingest/toy HTTP/1.1\r\nHost: x\r\nX-Api-Key: {at.key}\r\nUpgrade: websocket\r\n".encode()
        slow = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(20)]
        for number, (_, writer) in enumerate(slow):
            writer.write(request[: number * 6])
            await writer.drain()
        async with at.connect() as connection:
            await opened(connection, ["mixed"])
            await connection.send(sound("mixed", 1_000))
            await connection.send(word("leave"))
            assert await heard(connection, "closed") == "closed {'mixed': 1000}"
        for _, writer in slow:
            writer.transport.abort()


async def test_a_peer_that_reads_nothing_is_still_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        raw = sockets.create_connection(("127.0.0.1", at.port))
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
        raw.setblocking(False)
        async with connect(
            f"ws://127.0.0.1:{at.port}/ingest/toy",
            sock=raw,
            additional_headers={"X-Api-Key": at.key},
            max_queue=1,
            ping_interval=None,
            compression=None,
        ) as connection:
            await opened(connection, ["mixed"], "deaf")
            for number in range(400):
                await connection.send(word("ping", n="x" * 20_000))
                await connection.send(sound("mixed", 20))
                if number % 50 == 0:
                    await asyncio.sleep(0.05)
            await connection.send(word("leave"))
            async with at.service.bus.subscribe(None) as calls:
                async for envelope in calls:
                    if isinstance(envelope.event, CallClosed):
                        assert envelope.event.ledger[0].received_ms == 8_000
                        break
            connection.transport.abort()


async def test_fifty_connections_at_once_each_get_their_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one(at: Toy, number: int) -> str:
        async with at.connect(open_timeout=30) as connection:
            call_id = await opened(connection, ["agent", "customer"], f"call-{number}")
            for party in ("agent", "customer"):
                await connection.send(sound(party, 200))  # type: ignore[arg-type]
            await connection.send(word("leave"))
            assert await heard(connection, "closed") == "closed {'agent': 200, 'customer': 200}"
            return call_id

    async with toy(tmp_path, monkeypatch) as at:
        calls = await asyncio.gather(*(one(at, number) for number in range(50)))
    assert len(set(calls)) == 50


async def test_a_service_that_goes_down_says_so_and_completes_its_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as idle, at.connect() as connection:
        await opened(connection, ["mixed"])
        await connection.send(sound("mixed", 1_000))
        await connection.send(word("ping"))
        await heard(connection, "pong")
        await at.service.stop_calls()
        assert await heard(connection, "stopping")
        assert await heard(connection, "closed") == "closed {'mixed': 1000}"
        for one in (idle, connection):
            await one.wait_closed()
            assert one.close_code == 1001


async def test_deadlines_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect() as connection:
        assert await connection.recv() == "hello True"
        await connection.send(word("deadline", in_s=0.05))
        assert await connection.recv() == "expired"
        await asyncio.sleep(0.05)
        await connection.send(word("ping"))
        assert await connection.recv() == "pong "
