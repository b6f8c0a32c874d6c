"""Calls over the ingest websocket of a real server: heard, resumed, told of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assist.buses.memory import MemoryBus
from assist.errors import StoreError
from assist.messages import CallClosed, Envelope
from assist.supervisor import SupervisorLimits
from gateway.client import CallClient, ClientLimits
from gateway.ingest import IngestLimits
from gateway.sources.native import NativeLimits
from gateway.sources.native_messages import Open
from tests.integration.gateway.ingest_call import MEDIA, SCRIPT, channel, noise
from tests.support.doors import KEY, STEREO_MEDIA, HearingTranscriber, open_doors
from tests.support.fakes import ScriptedTranscriber


async def test_played_call_comes_back_as_its_events_and_a_ledger_that_adds_up(tmp_path: Path) -> None:
    events: list[Envelope] = []
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT)) as doors:
        opening = Open(media=MEDIA, call_id="c1", events="all")
        client = CallClient(doors.ingest_url, KEY, opening, noise(5000), speed=0, on_envelope=events.append)
        result = await client.run()
    assert (result.call_id, result.cause, result.errors) == ("c1", "hangup", ())
    assert [envelope.seq for envelope in events] == list(range(1, result.last_seq + 1))
    assert (events[0].event.type, events[-1].event.type) == ("call-opened", "call-closed")
    assert [e.event.text for e in events if e.event.type == "utterance"] == ["您好请讲", "查一下流量", "好的请稍等"]
    for leg in result.ledger:
        assert leg.received_ms == 5000 == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms
    assert [doors.store.logs["c1"][e.seq] for e in events] == events
    assert doors.metrics.audio_bytes == 160_000


@pytest.mark.parametrize("pace", ["live", "replay"])
async def test_call_over_four_sockets_is_heard_byte_for_byte(tmp_path: Path, pace: str) -> None:
    audio, ear = noise(6000), HearingTranscriber()
    seqs: list[int] = []
    async with open_doors(tmp_path, transcriber=ear) as doors:
        client = CallClient(
            doors.ingest_url,
            KEY,
            Open.model_validate({"media": STEREO_MEDIA, "call_id": "c1", "events": "all", "pace": pace}),
            audio,
            speed=0,
            chunk_ms=30,
            drop_after_ms=(500, 2010, 5990),
            on_envelope=lambda envelope: seqs.append(envelope.seq),
            limits=ClientLimits(retry_first_s=0.01),
        )
        result = await client.run()
    assert result.resumes == 3
    assert ear.heard["c1", "agent"] == channel(audio, 0)
    assert ear.heard["c1", "customer"] == channel(audio, 1)
    assert [leg.received_ms for leg in result.ledger] == [6000, 6000]
    assert seqs == list(range(1, result.last_seq + 1))


async def test_partial_sample_of_a_dropped_socket_is_discarded(tmp_path: Path) -> None:
    audio, ear = noise(1000), HearingTranscriber()
    async with open_doors(
        tmp_path, transcriber=ear, ingest=IngestLimits(native=NativeLimits(ack_every_bytes=1))
    ) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1")
            await first.audio(audio.data[:4003])
            assert (await first.expect("ack"))["received_bytes"] == 4000
            await first.connection.close()
        async with doors.ingest() as second:
            await second.send("resume", version=1, call_id="c1", resume_token=opened["resume_token"])
            assert (await second.expect("resumed"))["received_bytes"] == 4000
            await second.audio(audio.data[4000:])
            await second.send("close")
            await second.expect("closed")
            assert await second.close_code() == 1000
    assert ear.heard["c1", "customer"] == channel(audio, 1)


async def test_acknowledged_sound_is_on_disk(tmp_path: Path) -> None:
    ingest = IngestLimits(native=NativeLimits(ack_every_bytes=1))
    async with open_doors(tmp_path, ingest=ingest) as doors, doors.ingest() as peer:
        await peer.open(call_id="c1")
        for count in range(1, 20):
            await peer.audio(bytes(640))
            assert (await peer.expect("ack"))["received_bytes"] == 640 * count
            assert (tmp_path / "c1" / "agent.pcm").stat().st_size == 320 * count


async def test_gaps_and_pauses_reach_the_ledger(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest() as peer:
        await peer.open(call_id="c1")
        await peer.audio(bytes(32_000))
        await peer.send("gap", duration_ms=300, cause="lost", channel="customer")
        await peer.send("pause")
        await peer.expect("paused")
        await peer.send("resume-media", duration_ms=2000)
        await peer.expect("media-resumed")
        await peer.send("close")
        agent, customer = (await peer.expect("closed"))["ledger"]
    assert (agent["received_ms"], agent["paused_ms"], agent["lost_ms"]) == (3000, 2000, 0)
    assert (customer["received_ms"], customer["paused_ms"], customer["lost_ms"]) == (3300, 2000, 300)


async def test_second_socket_for_a_call_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest() as first:
        opened = await first.open(call_id="c1")
        async with doors.ingest() as second:
            await second.send("resume", version=1, call_id="c1", resume_token=opened["resume_token"])
            assert (await second.receive())["code"] == "already-attached"
            assert await second.close_code() == 4409
        async with doors.ingest() as third:
            await third.send("open", version=1, call_id="c1", media=STEREO_MEDIA)
            assert (await third.receive())["code"] == "call-exists"
            assert await third.close_code() == 4409
        await first.send("close")
        assert (await first.expect("closed"))["cause"] == "hangup"


async def test_a_stored_call_keeps_its_id_for_itself(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        async with doors.ingest() as first:
            await first.open(call_id="c1")
            await first.send("close")
            await first.expect("closed")
        await doors.supervisor.over("c1")
        log = await doors.store.envelopes("c1")
        async with doors.ingest() as second:
            await second.send("open", version=1, call_id="c1", media=STEREO_MEDIA)
            assert (await second.receive())["code"] == "call-exists"
            assert await second.close_code() == 4409
        assert await doors.store.envelopes("c1") == log


async def test_a_store_that_is_away_costs_no_call_that_has_an_id_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(call_id: str) -> None:
        raise StoreError("The store is away.")

    async with open_doors(tmp_path) as doors, doors.ingest() as peer:
        monkeypatch.setattr(doors.store, "summary", away)
        assert (await peer.open(call_id="c1"))["call_id"] == "c1"
        await peer.send("close")
        await peer.expect("closed")


@pytest.mark.parametrize(
    ("token", "call_id", "code"), [("nonsense", "c1", "bad-resume-token"), ("token", "c2", "unknown-call")]
)
async def test_resume_of_a_call_that_is_not_ours_is_refused(
    tmp_path: Path, token: str, call_id: str, code: str
) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest() as first, doors.ingest() as second:
        await first.open(call_id="c1")
        await second.send("resume", version=1, call_id=call_id, resume_token=token)
        error = await second.receive()
        assert (error["code"], error["fatal"]) == (code, True)
        assert await second.close_code() == 4404


async def test_socket_lost_after_close_learns_the_end_of_its_call_on_the_next_one(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT, gate=gate)) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1", events="all")
            await first.audio(noise(3000).data)
            await first.send("close")
            await first.send("ping", id=1)
            await first.expect("pong")
            first.cut()
        resume = {"version": 1, "call_id": "c1", "resume_token": opened["resume_token"]}
        async with doors.ingest() as closing, doors.ingest() as stranger:
            await stranger.send("resume", **(resume | {"resume_token": "wrong"}))
            assert (await stranger.receive())["code"] == "bad-resume-token"
            await closing.send("resume", **resume, events="all", after=1)
            await closing.send("ping", id=2)
            assert (await closing.receive())["type"] in ("pong", "event")
            gate.set()
            messages = await closing.rest()
            assert closing.connection.close_code == 1000
        seqs = [message["envelope"]["seq"] for message in messages if message["type"] == "event"]
        assert seqs == sorted(seqs)
        assert messages[-2]["envelope"]["event"]["type"] == "call-closed"
        closed = messages[-1]
        assert (closed["type"], closed["cause"], closed["ledger"][0]["received_ms"]) == ("closed", "hangup", 3000)
        for wanted in ({}, {"events": "all", "after": seqs[-1]}):
            async with doors.ingest() as late:
                await late.send("resume", **resume, **wanted)
                assert await late.rest() == [closed]
        async with doors.ingest() as late:
            await late.send("resume", **resume, events="all")
            *events, end = await late.rest()
        assert events[0]["envelope"]["seq"] == 1
        assert end == closed


async def test_events_of_an_ended_call_that_are_no_longer_held_are_not_waited_for(tmp_path: Path) -> None:
    async with open_doors(tmp_path, bus=MemoryBus(closed_calls=0)) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1")
            await first.send("close")
            await first.rest()
        async with doors.ingest() as late:
            await late.send("resume", version=1, call_id="c1", resume_token=opened["resume_token"], events="all")
            error, closed = await late.rest()
    assert (error["code"], closed["type"]) == ("events-dropped", "closed")


async def test_call_that_ended_too_long_ago_is_unknown(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SupervisorLimits(keep_ended_s=0.0)) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1")
            await first.send("close")
            await first.rest()
        await doors.supervisor.stop()
        async with doors.ingest() as late:
            await late.send("resume", version=1, call_id="c1", resume_token=opened["resume_token"])
            assert (await late.receive())["code"] == "unknown-call"
            assert await late.close_code() == 4404


async def test_resumed_socket_gets_the_events_after_those_it_has_seen(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1", events="all")
            assert (await first.expect("event"))["envelope"]["seq"] == 1
        async with doors.ingest() as second:
            token = opened["resume_token"]
            await second.send("resume", version=1, call_id="c1", resume_token=token, events="all", after=1)
            await second.expect("resumed")
            await second.send("close")
            seqs = [m["envelope"]["seq"] for m in await second.rest() if m["type"] == "event"]
    assert seqs == [2, 3, 4]


async def test_resumed_socket_is_told_when_events_it_missed_are_no_longer_held(tmp_path: Path) -> None:
    async with open_doors(tmp_path, bus=MemoryBus(ring_limit=1)) as doors:
        async with doors.ingest() as first:
            opened = await first.open(call_id="c1", events="all")
            for number in range(5):
                await first.send("update", agent={"agent_id": str(number)})
            await first.send("ping", id=1)
            await first.expect("pong")
        async with doors.ingest() as second:
            token = opened["resume_token"]
            await second.send("resume", version=1, call_id="c1", resume_token=token, events="all", after=1)
            await second.expect("resumed")
            error = await second.receive()
            assert (error["code"], error["fatal"]) == ("events-dropped", False)
            assert "/api/v1/calls/c1/events" in error["message"]


async def test_stopping_server_closes_its_calls_and_says_so(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.ingest() as peer, doors.ingest() as late:
        await peer.open(call_id="c1")
        await doors.supervisor.stop()
        assert (await peer.expect("closed"))["cause"] == "server-stopped"
        assert await peer.close_code() == 1012
        await late.send("open", version=1, media=STEREO_MEDIA)
        assert (await late.receive())["code"] == "not-serving"
        assert await late.close_code() == 1013


async def test_call_that_nobody_resumes_ends_as_source_lost(tmp_path: Path) -> None:
    limits = SupervisorLimits(grace_s=0.0)
    async with open_doors(tmp_path, limits=limits) as doors, doors.bus.subscribe("c1") as subscription:
        async with doors.ingest() as peer:
            await peer.open(call_id="c1")
            peer.cut()
        async for envelope in subscription:
            if isinstance(envelope.event, CallClosed):
                assert envelope.event.cause == "source-lost"
                break
