"""The ingest websocket of a real server when keys are wrong, peers hostile, and the rest stuck."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from assist.errors import AuthenticationError
from assist.handle import Taken
from assist.messages import CallClosed
from assist.supervisor import SupervisorLimits
from gateway.client import CallClient
from gateway.ingest import IngestLimits
from gateway.outbox import OutboxLimits
from gateway.sources.native import NativeLimits
from gateway.sources.native_messages import Open
from tests.integration.gateway.ingest_call import MEDIA, SCRIPT, noise
from tests.support.doors import KEY, STEREO_MEDIA, Peer, open_doors
from tests.support.fakes import ScriptedTranscriber


@pytest.mark.parametrize(("key", "query"), [(None, ""), ("wrong", ""), (None, "?key=wrong"), ("", "")])
async def test_wrong_key_is_told_so_and_sent_away(tmp_path: Path, key: str | None, query: str) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest(key=key, query=query) as peer:
        error = await peer.receive()
        assert (error["code"], error["fatal"]) == ("not-authenticated", True)
        assert await peer.close_code() == 4401


async def test_key_may_come_as_a_parameter_for_clients_that_cannot_send_headers(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest(key=None, query=f"?key={KEY}") as peer:
        await peer.open()


async def test_client_reports_the_refusal_of_its_key(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        with pytest.raises(AuthenticationError):
            await CallClient(doors.ingest_url, "wrong", Open(media=MEDIA), noise(100), speed=0).run()


HOSTILE: list[tuple[str | bytes, str, int]] = [
    (bytes(320), "open-expected", 4400),
    ("{", "bad-json", 4400),
    ('{"type":"open","version":7}', "unsupported-version", 4400),
    ('{"type":"open","version":1,"media":{}}', "unsupported-media", 4400),
    ('{"type":"open","version":1,"media":{},"call_id":"/"}', "bad-message", 4400),
    (b"x" * 70_000, "frame-too-large", 1009),
    ("x" * 70_000, "frame-too-large", 1009),
]


async def test_hostile_peers_are_sent_away_one_by_one_and_a_call_beside_them_goes_on(tmp_path: Path) -> None:
    ingest = IngestLimits(native=NativeLimits(max_frame_bytes=65_536))
    async with open_doors(tmp_path, ingest=ingest) as doors, doors.ingest() as good:
        await good.open(call_id="good")
        for frame, code, close_code in HOSTILE:
            async with doors.ingest() as peer:
                await peer.connection.send(frame)
                assert (await peer.receive())["code"] == code
                assert await peer.close_code() == close_code
            await good.audio(bytes(640))
        async with doors.ingest() as peer:
            await peer.open()
            for _ in range(60):
                await peer.send("ping", id=1)
            assert await peer.close_code() == 4429
        await good.audio(b"\0")
        await good.send("open", version=1, media=STEREO_MEDIA)
        await good.send("close")
        messages = await good.rest()
        assert [m["code"] for m in messages if m["type"] == "error"] == ["unexpected-message", "bad-audio"]
    assert messages[-1]["type"] == "closed"
    assert messages[-1]["ledger"][0]["received_ms"] == 20 * len(HOSTILE)


async def test_source_that_sends_too_fast_is_sent_away_and_its_call_waits(tmp_path: Path) -> None:
    ingest = IngestLimits(native=NativeLimits(max_ahead_s=1.0, ack_every_bytes=1))
    async with open_doors(tmp_path, ingest=ingest) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1")
            assert opened["max_ahead_ms"] == 1000
            await first.audio(bytes(32_000))
            await first.expect("ack")
            await first.audio(bytes(320_000))
            assert (await first.receive())["code"] == "too-fast"
            assert await first.close_code() == 4429
        async with doors.ingest() as second:
            await second.send("resume", version=1, call_id="c1", resume_token=opened["resume_token"])
            assert (await second.expect("resumed"))["received_bytes"] == 32_000
            await second.audio(bytes(320_000))
            assert (await second.receive())["code"] == "too-fast"


async def test_frame_beyond_the_servers_own_limit_closes_1009(tmp_path: Path) -> None:
    async with open_doors(tmp_path, max_frame_bytes=1000) as doors, doors.ingest() as peer:
        await peer.open()
        await peer.audio(bytes(1001))
        assert await peer.close_code() == 1009


async def test_silent_connection_is_sent_away(tmp_path: Path) -> None:
    ingest = IngestLimits(native=NativeLimits(open_timeout_s=0.0))
    async with open_doors(tmp_path, ingest=ingest) as doors, doors.ingest() as peer:
        assert (await peer.receive())["code"] == "open-timeout"
        assert await peer.close_code() == 4408


async def test_idle_call_loses_its_socket_and_waits_to_be_resumed(tmp_path: Path) -> None:
    ingest = IngestLimits(native=NativeLimits(idle_timeout_s=0.0))
    async with open_doors(tmp_path, ingest=ingest) as doors, doors.ingest() as peer:
        opened = await peer.open(call_id="c1")
        assert (await peer.receive())["code"] == "idle-timeout"
        assert await peer.close_code() == 4408
        assert doors.supervisor.attach("c1", opened["resume_token"]).taken == (Taken(), Taken())


async def test_fifty_calls_open_at_once_while_recognition_and_store_are_down(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT, gate=gate)) as doors:
        doors.store.failing = True

        async def call(number: int) -> str:
            async with doors.ingest() as peer:
                opened = await peer.open(call_id=f"c{number}")
                await peer.audio(bytes(64_000))
                await peer.send("close")
                await everyone_is_in.wait()
                return opened["call_id"] + (await peer.expect("closed"))["cause"]

        everyone_is_in = asyncio.Barrier(50)
        calls = [asyncio.create_task(call(number)) for number in range(50)]
        await doors.store.attempted.wait()
        doors.store.failing = False
        gate.set()
        assert await asyncio.gather(*calls) == [f"c{number}hangup" for number in range(50)]


async def test_live_socket_is_read_answered_and_acknowledged_while_recognition_is_stuck(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with (
        open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT, gate=gate)) as doors,
        doors.ingest() as peer,
    ):
        await peer.open(call_id="c1", events="all")
        for second in range(1, 11):
            await peer.audio(bytes(32_000))
            await peer.send("ping", id=second)
        await peer.send("pause")
        heard = [await peer.receive()]
        while heard[-1]["type"] != "paused":
            heard.append(await peer.receive())
        assert [m["id"] for m in heard if m["type"] == "pong"] == list(range(1, 11))
        assert [m["received_bytes"] for m in heard if m["type"] == "ack"][-1] == 320_000
        assert (tmp_path / "c1" / "agent.pcm").stat().st_size == 160_000
        gate.set()
        await peer.send("close")
        messages = await peer.rest()
    texts = [
        m["envelope"]["event"]["text"] for m in messages if m["type"] == "event" and "text" in m["envelope"]["event"]
    ]
    assert "查一下流量" in texts
    assert messages[-1]["ledger"][0]["received_ms"] == 10_000


@pytest.mark.parametrize("after", ["connecting", "opening", "sound", "pause", "close"])
async def test_connection_lost_at_any_moment_leaves_nothing_behind(tmp_path: Path, after: str) -> None:
    limits = SupervisorLimits(grace_s=0.0)
    async with open_doors(tmp_path, limits=limits) as doors, doors.bus.subscribe("c1") as subscription:
        async with doors.ingest() as peer:
            if after != "connecting":
                await peer.open(call_id="c1", events="all")
            if after == "sound":
                await peer.audio(bytes(32_001))
            if after in ("pause", "close"):
                await peer.send(after)
            peer.cut()
        if after != "connecting":
            async for envelope in subscription:
                if isinstance(envelope.event, CallClosed):
                    break
        async with doors.ingest() as peer:
            await peer.open(call_id="c2")
            await peer.send("close")
            await peer.expect("closed")


async def test_everything_sent_before_a_client_left_without_waiting_still_counts(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.bus.subscribe("c1") as subscription:
        async with doors.ingest() as peer:
            await peer.open(call_id="c1", events="all")
            for _ in range(100):
                await peer.audio(bytes(640))
            await peer.send("close")
        async for envelope in subscription:
            if isinstance(envelope.event, CallClosed):
                assert envelope.event.cause == "hangup"
                assert [leg.received_ms for leg in envelope.event.ledger] == [2000, 2000]
                break


async def test_connection_without_compression_is_served(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        url = f"{doors.ingest_url}?key={KEY}"
        async with connect(url, compression=None, proxy=None) as connection:
            peer = Peer(connection)
            await peer.open()
            await peer.send("close")
            await peer.expect("closed")


async def test_refusal_for_load_says_when_to_try_again(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SupervisorLimits(max_calls=0)) as doors, doors.ingest() as peer:
        await peer.send("open", version=1, media=STEREO_MEDIA)
        error = await peer.receive()
        assert (error["code"], error["retry_after_s"]) == ("overloaded", 5.0)
        assert await peer.close_code() == 1013


async def test_slow_reader_loses_its_events_and_keeps_its_audio(tmp_path: Path) -> None:
    ingest = IngestLimits(outbox=OutboxLimits(slow_after_s=0.0))
    async with open_doors(tmp_path, ingest=ingest) as doors, doors.ingest() as peer:
        await peer.open(call_id="c1", events="all")
        error = await peer.receive()
        assert (error["code"], error["fatal"]) == ("events-dropped", False)
        await peer.audio(bytes(32_000))
        await peer.send("close")
        assert (await peer.expect("closed"))["ledger"][0]["received_ms"] == 1000
