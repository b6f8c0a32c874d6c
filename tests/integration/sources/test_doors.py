"""Doors of phone platforms on a real server, through a protocol made up for tests."""

from __future__ import annotations

import asyncio
import base64
import socket as sockets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assist.errors import StoreError
from assist.messages import AudioGap, CallClosed, CallUpdated
from assist.supervisor import SupervisorLimits
from gateway.expected_calls import Announcement
from gateway.service import Service
from gateway.source_settings import SourceSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import Refusal, SourceDoor
from tests.support.service import listening, open_test_service
from tests.support.toy_source import join, sound, toy_door, word


@dataclass
class Toy:
    """A service with the toy's door."""

    service: Service
    port: int
    key: str
    handshakes: list[Handshake] = field(default_factory=list[Handshake])

    def connect(self, path: str = "/ingest/toy", key: str | None = "", **more: Any) -> connect:
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.key}"
        return connect(f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, proxy=None, **more)

    async def log(self, call_id: str) -> Sequence[Any]:
        return [envelope.event for envelope in await self.service.store.envelopes(call_id)]

    def remarks(self) -> Mapping[str, float]:
        family = next(one for one in self.service.metrics.registry.collect() if one.name == "livecue_source_remarks")
        return {one.labels["code"]: one.value for one in family.samples if one.name.endswith("_total")}


@asynccontextmanager
async def toy(
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    door: SourceDoor | None = None,
    is_key: Callable[[str | None], Awaitable[bool]] | None = None,
    **more: Any,
) -> AsyncGenerator[Toy]:
    handshakes: list[Handshake] = []
    chosen = door or toy_door(seen=handshakes.append, wants_events=True)
    monkeypatch.setattr("gateway.doors.source_doors", lambda: (chosen,))
    async with open_test_service(directory, **more) as service:
        key = await service.accounts.add_key("pbx")
        if is_key is not None:
            monkeypatch.setattr(service.accounts, "is_key", is_key)
        async with listening(service) as port:
            yield Toy(service, port, key, handshakes)


async def heard(connection: ClientConnection, beginning: str) -> str:
    """The next text that begins so."""
    async for message in connection:
        if str(message).startswith(beginning):
            return str(message)
    raise AssertionError(f"closed before {beginning}")


async def opened(connection: ClientConnection, *args: Any, **more: Any) -> str:
    """The id of the call that was joined."""
    await connection.send(join(*args, **more))
    return (await heard(connection, "joined")).split()[1]


# --- the way in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["bearer", "header", "basic", "parameter", "path"])
async def test_a_key_opens_the_door_however_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        basic = base64.b64encode(f"user:{at.key}".encode()).decode()
        path, headers = {
            "bearer": ("/ingest/toy/a/b", {"Authorization": f"Bearer {at.key}"}),
            "header": ("/ingest/toy/a/b", {"X-Api-Key": at.key}),
            "basic": ("/ingest/toy/a/b", {"Authorization": f"Basic {basic}"}),
            "parameter": (f"/ingest/toy/a/b?key={at.key}", {"Authorization": "Bearer another.token.of-theirs"}),
            "path": (f"/ingest/toy/{at.key}/a/b", {}),
        }[way]
        async with at.connect(path, None, headers=headers) as connection:
            assert await opened(connection, ["mixed"])
        assert at.handshakes[0].rest == "a/b"


@pytest.mark.parametrize("key", [None, "lc_wrong", "nothing"])
async def test_without_a_key_a_connection_is_let_in_and_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect(key=key) as connection:
            await connection.send(join(["mixed"]))
            await connection.wait_closed()
        assert connection.close_code == 4401
        assert at.service.supervisor.calls() == []


async def test_a_handshake_is_what_the_platform_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        path = "/ingest/toy/tenant%2F7?call=a%20b&call=c&x="
        headers = {"X-Once": "1", "X-Forwarded-Host": "evil.example"}
        async with at.connect(path, headers=headers):
            pass
        (shake,) = at.handshakes
        assert shake.url == f"ws://127.0.0.1:{at.port}{path}"
        assert shake.query == {"call": "c", "x": ""}
        assert shake.headers["x-once"] == "1"
        assert shake.rest == "tenant/7"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"public_url": "https://cue.example.com"}, "wss://cue.example.com/ingest/toy?a=%2F"),
        ({"sources": {"trusted_proxy": True}}, "wss://proxy.example:8443/ingest/toy?a=%2F"),
    ],
)
async def test_signatures_cover_the_public_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], url: str
) -> None:
    async with toy(tmp_path, monkeypatch, **settings) as at:
        headers = {"X-Forwarded-Host": "proxy.example:8443, inner", "X-Forwarded-Proto": "https"}
        async with at.connect("/ingest/toy?a=%2F", headers=headers):
            pass
        assert at.handshakes[0].url == url


async def test_a_door_may_refuse_before_the_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = toy_door(admit=lambda shake: Refusal("bad-signature", "Check the secret.", 401) if shake.query else None)
    async with toy(tmp_path, monkeypatch, door=door) as at:
        with pytest.raises(InvalidStatus) as refused:
            async with at.connect("/ingest/toy?x=1"):
                pass
        assert refused.value.response.status_code == 401
        async with at.connect() as connection:
            assert await opened(connection, ["mixed"])
        assert at.remarks() == {"bad-signature": 1}


async def test_a_door_may_vouch_for_a_connection_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch, door=toy_door(vouches=True)) as at, at.connect(key=None) as connection:
        assert await connection.recv() == "hello True"
        assert await opened(connection, ["mixed"])


async def test_an_unsigned_door_lets_everybody_in_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    door = toy_door(settings=SourceSettings(unsigned=True), admit=lambda _: Refusal("never", "Never."))
    async with toy(tmp_path, monkeypatch, door=door) as at:
        for path in ("/ingest/toy", "/bare-toy"):
            async with at.connect(path, None) as connection:
                assert await connection.recv() == "hello False"
                assert await opened(connection, ["mixed"])
    assert "a door lets in whoever comes" in caplog.text


async def test_a_door_that_is_off_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = toy_door(settings=SourceSettings(enabled=False))
    async with toy(tmp_path, monkeypatch, door=door) as at:
        with pytest.raises(InvalidStatus):
            async with at.connect():
                pass


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, None), (["other"], None), (["other", "toy.v1", "toy.v2"], "toy.v1")],
)
async def test_the_first_known_subprotocol_is_chosen_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: Any, chosen: str | None
) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect(subprotocols=offered) as connection:
        assert connection.subprotocol == chosen
        assert await opened(connection, ["mixed"])


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_is_there_for_those_who_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: Any
) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect(compression=compression) as connection:
            assert bool(connection.protocol.extensions) == (compression is not None)
            assert await opened(connection, ["mixed"])
            await connection.send(sound("mixed", 2_000))
            await connection.send(word("leave"))
            assert await heard(connection, "closed") == "closed {'mixed': 2000}"
        async with at.connect("/ingest/v1", compression=compression) as native:
            assert not native.protocol.extensions


# --- a call --------------------------------------------------------------------------------------------------------


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


# --- what may go wrong ---------------------------------------------------------------------------------------------


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
