"""FreeSWITCH mod_audio_stream against a real server, by its emulator."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.heard_calls import SourceService, adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import on_wire, two_parties
from tests.support.platforms.audio_stream import PATH, AudioStream, carry, metadata_of, play

FAST = 50.0


def bearer(service: SourceService) -> dict[str, str]:
    return {"Authorization": f"Bearer {service.key}"}


async def test_a_whole_call_is_heard_byte_for_byte_and_its_ledger_adds_up(tmp_path: Path) -> None:
    sound = two_parties(8_000, 2.0)
    async with open_source_service(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="pbx-9", speed=FAST)
        log = await service.call("pbx-9")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert opening(log).source == "mod_audio_stream/1"
    assert [leg.party for leg in opening(log).legs] == ["customer", "agent"]
    assert closing(log).cause == "hangup"
    assert [leg.received_ms for leg in closing(log).ledger] == [2_000, 2_000]
    assert adds_up(log)


async def test_an_unknown_playbook_does_not_cost_the_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 8_000, playbook="typo"))
    async with open_source_service(tmp_path) as service:
        await carry(service.url + PATH, stream, sound, headers=bearer(service), speed=FAST)
        log = await service.call("pbx-9")
        assert service.ear.of("customer") == on_wire(sound, "customer")
    assert opening(log).playbook == "small@3"


@pytest.mark.parametrize("place", ["header", "x-api-key", "query", "path", "basic"])
async def test_the_key_may_come_in_many_ways(tmp_path: Path, place: str) -> None:
    sound = two_parties(16_000, 0.2)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 16_000))
    async with open_source_service(tmp_path) as service:
        url, headers = service.url + PATH, dict[str, str]()
        match place:
            case "header":
                headers = bearer(service)
            case "x-api-key":
                headers = {"X-Api-Key": service.key}
            case "query":
                url += f"?key={service.key}"
            case "path":
                url += f"/{service.key}"
            case _:
                url = url.replace("ws://", f"ws://livecue:{service.key}@")
        await carry(url, stream, sound, headers=headers, speed=FAST)
        await service.ear.until(lambda: service.ear.of("agent") == on_wire(sound, "agent"))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer lc_wrong"}, {"Authorization": "Basic !"}])
async def test_without_a_good_key_nobody_comes_in(tmp_path: Path, headers: dict[str, str]) -> None:
    async with open_source_service(tmp_path) as service:
        async with connect(service.url + PATH, additional_headers=headers) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 4401
        assert not service.service.supervisor.calls()


async def test_two_mono_streams_are_one_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 2.0)
    async with open_source_service(tmp_path) as service:
        async with asyncio.TaskGroup() as group:
            for party in ("customer", "agent"):
                stream = AudioStream(f"call=pbx-9&role={party}", mix="mono", read=party)
                group.create_task(carry(service.url + PATH, stream, sound, headers=bearer(service), speed=4.0))
        log = await service.call("pbx-9")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert {leg.party for leg in opening(log).legs} == {"customer", "agent"}
    assert adds_up(log)


async def test_a_restart_with_the_same_metadata_goes_on_with_the_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 8_000))
    async with open_source_service(tmp_path) as service:
        for part in (sound.excerpt(0.0, 0.5), sound.excerpt(0.5, 1.0)):
            await carry(service.url + PATH, stream, part, headers=bearer(service), speed=10.0)
        log = await service.call("pbx-9")
        assert service.ear.of("customer") == on_wire(sound, "customer")
    assert adds_up(log)
    assert closing(log).ledger[0].received_ms >= 1_000


async def test_a_pause_on_the_wire_is_an_inferred_gap_on_both_legs(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 8_000))
    first, second = list(stream.sound(sound.excerpt(0.0, 0.5))), list(stream.sound(sound.excerpt(0.5, 1.0)))
    async with open_source_service(tmp_path, stall_s=0.1) as service:
        async with connect(service.url + PATH, additional_headers=bearer(service)) as socket:
            await socket.send(metadata_of("pbx-9", stream, 8_000))
            for message in first:
                await socket.send(message)
            await service.ear.until(lambda: len(service.ear.of("agent")) >= 8_000)
            await asyncio.sleep(1.0)  # a stall is a matter of real time
            for message in second:
                await socket.send(message)
            await service.ear.until(lambda: len(service.ear.of("agent")) == 16_000)
        log = await service.call("pbx-9")
    assert gaps(log, "agent")
    assert all(gap.inferred for gap in gaps(log, "agent"))
    agent, customer = ([(gap.start_ms, gap.end_ms) for gap in gaps(log, who)] for who in ("agent", "customer"))
    assert agent == customer
    assert adds_up(log)


async def test_results_go_back_only_where_they_are_wanted(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.5)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 8_000))
    async with open_source_service(tmp_path) as service:
        assert not await carry(service.url + PATH, stream, sound, headers=bearer(service), speed=FAST)


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_works_and_is_not_required(tmp_path: Path, compression: str | None) -> None:
    sound = two_parties(8_000, 0.2)
    stream = AudioStream(metadata_of("pbx-9", AudioStream(), 8_000))
    async with (
        open_source_service(tmp_path) as service,
        connect(service.url + PATH, additional_headers=bearer(service), compression=compression) as socket,
    ):
        for message in stream.messages(sound):
            await socket.send(message)
        await service.ear.until(lambda: service.ear.of("agent") == on_wire(sound, "agent"))
