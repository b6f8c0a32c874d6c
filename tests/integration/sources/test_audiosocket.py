"""AudioSocket against a real server, by its emulator: the parts of PROTOCOLS 11.7 that need sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from assist.messages import CallClosed, Customer, Party
from gateway.source_settings import SourcesSettings
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.heard_calls import Ear, SourceService, adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import on_wire, two_parties
from tests.support.platforms import chan_websocket
from tests.support.platforms.audiosocket import announce, frame, frames_of, play, speak
from tests.support.service import listening, open_test_service

FAST = 50.0
END = b"\x00\x00\x00"


@asynccontextmanager
async def serving(directory: Path, **settings: Any) -> AsyncGenerator[SourceService]:
    async with open_source_service(directory, audiosocket={"enabled": True, "port": 0} | settings) as service:
        yield service


def address(service: SourceService) -> tuple[str, int]:
    number = service.service.audiosocket.number
    assert number is not None
    return "127.0.0.1", number


async def announced(service: SourceService, call: str, **fields: Any) -> Mapping[Party, UUID]:
    return await announce(service.url.replace("ws", "http", 1), service.key, call, **fields)


def remarks(service: SourceService) -> dict[str, float]:
    """How often each code was counted."""
    return {
        sample.labels["code"]: sample.value
        for metric in service.service.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "livecue_source_remarks_total"
    }


async def spoken(service: SourceService, uuid: UUID, frames: Sequence[bytes], *, speed: float = FAST) -> bytes:
    return await speak(address(service), uuid, frames, speed=speed)


async def test_a_whole_call_comes_on_two_sockets(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with serving(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="pbx-1", speed=2.0, port=address(service)[1])
        log = await service.call("pbx-1")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert opening(log).source == "audiosocket/1"
    assert {leg.party for leg in opening(log).legs} == {"agent", "customer"}
    assert closing(log).cause == "hangup"
    assert adds_up(log)


@pytest.mark.parametrize(("rate_hz", "kind"), [(16_000, 0x12), (48_000, 0x16)])
async def test_a_wider_band_is_told_by_the_kind(tmp_path: Path, rate_hz: int, kind: int) -> None:
    sound = two_parties(rate_hz, 0.2)
    async with serving(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="pbx-1", speed=2.0, port=address(service)[1])
        log = await service.call("pbx-1")
        assert service.ear.of("customer") == on_wire(sound, "customer")
    assert [leg.rate_hz for leg in opening(log).legs] == [rate_hz] * 2


async def test_what_was_announced_is_what_the_call_says_and_nothing_comes_back(tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "agent": {"agent_id": "1001", "name": "林晓"},
        "customer": {"customer_id": "138", "attributes": {"套餐": "79 元"}},
        "direction": "outbound",
        "playbook": "small",
    }
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1", **fields)
        back = await spoken(service, legs["customer"], list(frames_of(bytes(3_200))))
        log = await service.call("pbx-1")
        (expected,) = service.service.expected.calls("pbx-1")
    assert back == b""
    said = opening(log)
    assert said.customer == Customer(customer_id="138", attributes={"套餐": "79 元"})
    assert said.agent is not None
    assert (said.agent.agent_id, said.direction, said.external_id) == ("1001", "outbound", "pbx-1")
    assert {leg.role: leg.state for leg in expected.legs} == {"agent": "waiting", "customer": "taken"}


async def test_the_later_leg_begins_where_it_began_on_the_calls_clock(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.5)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        async with asyncio.TaskGroup() as group:
            first = list(frames_of(on_wire(sound, "customer")))
            group.create_task(spoken(service, legs["customer"], first, speed=1.0))
            await service.ear.until(lambda: len(service.ear.of("customer")) >= 3_200)
            second = list(frames_of(on_wire(sound.excerpt(0.0, 0.1), "agent")))
            group.create_task(spoken(service, legs["agent"], second, speed=1.0))
        log = await service.call("pbx-1")
        assert service.ear.of("agent") == on_wire(sound.excerpt(0.0, 0.1), "agent")
    (offset,) = gaps(log, "agent")
    assert (offset.start_ms, offset.cause, offset.inferred) == (0, "lost", True)
    assert offset.end_ms > 0
    assert gaps(log, "customer") == []
    assert adds_up(log)


async def test_one_leg_may_end_early(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        await asyncio.gather(
            spoken(service, legs["agent"], list(frames_of(on_wire(sound.excerpt(0.0, 0.2), "agent"))), speed=2.0),
            spoken(service, legs["customer"], list(frames_of(on_wire(sound, "customer"))), speed=5.0),
        )
        log = await service.call("pbx-1")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound.excerpt(0.0, 0.2), "agent")
    assert closing(log).cause == "hangup"
    assert adds_up(log)


async def test_a_leg_that_never_comes_holds_nothing_up(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.4)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        await spoken(service, legs["agent"], list(frames_of(on_wire(sound, "agent"))))
        log = await service.call("pbx-1")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    ledgers = {leg.party: leg for leg in closing(log).ledger}
    assert ledgers["customer"].transcribed_ms == 0
    assert adds_up(log)


async def test_a_leg_that_comes_anew_needs_another_uuid_and_goes_on_with_the_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.4)
    first, second = sound.excerpt(0.0, 0.2), sound.excerpt(0.2, 0.4)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        reader, writer = await asyncio.open_connection(*address(service))
        writer.write(frame(0x01, legs["customer"].bytes) + b"".join(frames_of(on_wire(sound, "customer"))))
        await service.ear.until(lambda: service.ear.of("customer") == on_wire(sound, "customer"))
        await spoken(service, legs["agent"], list(frames_of(on_wire(first, "agent"))))
        assert await spoken(service, legs["agent"], list(frames_of(on_wire(second, "agent")))) == END
        more = await announced(service, "pbx-1")
        await spoken(service, more["agent"], list(frames_of(on_wire(second, "agent"))))
        writer.close()
        await writer.wait_closed()
        log = await service.call("pbx-1")
        assert service.ear.of("agent") == on_wire(sound, "agent")
        assert remarks(service) == {"ticket-used": 1}
    assert await reader.read() == b""
    assert adds_up(log)


async def test_strangers_are_sent_away_and_hurt_nobody(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.4)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        stale = await announced(service, "pbx-2")
        for expected in service.service.expected.calls("pbx-2"):
            service.service.expected.cancel(expected.expected_id)
        reader, writer = await asyncio.open_connection(*address(service))
        writer.write(frame(0x01, legs["customer"].bytes))
        for uuid in (uuid4(), stale["agent"], legs["customer"]):
            assert await spoken(service, uuid, [frame(0x10, bytes(320))]) == END
        for stream in (b"GET / HTTP/1.1\r\n\r\n", frame(0x10, bytes(320)), frame(0x01, b"short")):
            assert await answer_to(service, stream) == END
        for piece in frames_of(on_wire(sound, "customer")):
            writer.write(piece)
        writer.write_eof()
        log = await service.call("pbx-1") if await reader.read() == b"" else []
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert remarks(service) == {"unknown-ticket": 2, "ticket-used": 1, "uuid-expected": 3}
    writer.close()
    await writer.wait_closed()
    assert adds_up(log)


async def answer_to(service: SourceService, stream: bytes) -> bytes:
    """What a connection hears that sends this and then nothing."""
    reader, writer = await asyncio.open_connection(*address(service))
    writer.write(stream)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("beginning", [b"", b"\x01\x00\x10half a"])
async def test_who_says_no_uuid_in_time_is_sent_away(tmp_path: Path, beginning: bytes) -> None:
    async with serving(tmp_path, first_frame_s=0.05) as service:
        assert await answer_to(service, beginning) == END
        assert remarks(service) == {"uuid-timeout": 1}


async def test_a_sender_of_single_bytes_is_heard(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.02)
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1")
        reader, writer = await asyncio.open_connection(*address(service))
        stream = frame(0x01, legs["agent"].bytes) + b"".join(frames_of(on_wire(sound, "agent")))
        for place in range(len(stream)):
            writer.write(stream[place : place + 1])
            await asyncio.sleep(0)
        writer.write(END)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        log = await service.call("pbx-1")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert adds_up(log)


async def test_a_reset_connection_ends_its_leg(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1", roles=["mixed"])
        _, writer = await asyncio.open_connection(*address(service))
        writer.write(frame(0x01, legs["mixed"].bytes) + frame(0x10, bytes(320)) + frame(0x10, bytes(320))[:100])
        await service.ear.until(lambda: len(service.ear.of("mixed")) >= 320)
        writer.transport.abort()
        log = await service.call("pbx-1")
    assert closing(log).cause == "hangup"
    assert adds_up(log)


async def test_g711_under_the_label_of_linear_samples_is_counted(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1", roles=["customer"])
        await spoken(service, legs["customer"], [frame(0x10, bytes(160))] * 60)
        await service.call("pbx-1")
        assert remarks(service) == {"probable-g711": 1}


async def test_a_service_that_stops_ends_its_legs_with_a_termination(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        legs = await announced(service, "pbx-1", roles=["customer"])
        reader, writer = await asyncio.open_connection(*address(service))
        writer.write(frame(0x01, legs["customer"].bytes) + frame(0x10, bytes(320)))
        await service.ear.until(lambda: len(service.ear.of("customer")) == 320)
        await service.service.stop_calls()
        assert await reader.read() == END
        writer.close()
        await writer.wait_closed()


async def test_fifty_connections_at_once_are_five_and_twenty_calls(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.1)
    async with serving(tmp_path) as service, service.service.bus.subscribe(None) as events:

        async def call(key: str) -> list[bytes]:
            legs = await announced(service, key)
            parties = [(uuid, list(frames_of(on_wire(sound, party)))) for party, uuid in legs.items()]
            return await asyncio.gather(*(spoken(service, uuid, frames) for uuid, frames in parties))

        async def ends() -> list[CallClosed]:
            found: list[CallClosed] = []
            async for envelope in events:
                if isinstance(envelope.event, CallClosed):
                    found.append(envelope.event)
                if len(found) == 25:
                    break
            return found

        async def calls() -> list[list[bytes]]:
            return await asyncio.gather(*(call(f"pbx-{number}") for number in range(25)))

        closed, backs = await asyncio.gather(ends(), calls())
    assert backs == [[b"", b""]] * 25
    assert {end.cause for end in closed} == {"hangup"}
    for end in closed:
        assert [leg.received_ms - leg.gaps_ms for leg in end.ledger] == [100, 100]


async def test_the_socket_is_read_on_while_recognition_stands_still(tmp_path: Path) -> None:
    gate = asyncio.Event()
    ears = ScriptedTranscriber((Said("mixed", 0, 200, "喂"),), gate=gate)
    own = SourcesSettings.model_validate({"audiosocket": {"enabled": True, "port": 0}})
    async with open_test_service(tmp_path, transcriber=ears, sources=own) as service, listening(service) as port:
        at = SourceService(service, Ear(), f"ws://127.0.0.1:{port}", await service.accounts.add_key("pbx"))
        legs = await announced(at, "pbx-1", roles=["mixed"])
        reader, writer = await asyncio.open_connection(*address(at))
        writer.write(frame(0x01, legs["mixed"].bytes))
        async with asyncio.timeout(30):
            for _ in range(60):
                writer.write(b"".join(frames_of(bytes(16_000))))
                await writer.drain()
            writer.write_eof()
            assert await reader.read() == b""
        assert service.supervisor.calls()
        gate.set()
        log = await at.call("pbx-1")
        writer.close()
        await writer.wait_closed()
    (leg,) = closing(log).ledger
    assert (leg.received_ms, leg.shed_ms) == (60_000, 0)


async def test_what_another_door_is_not_told_comes_from_the_announcement(tmp_path: Path) -> None:
    channel = chan_websocket.Channel({"call": "pbx-1", "role": "customer"})
    async with serving(tmp_path) as service:
        await announced(service, "pbx-1", roles=[], agent={"agent_id": "1001"}, customer={"customer_id": "138"})
        await chan_websocket.carry(service.url, channel, [bytes(160)], key=service.key)
        await service.service.switchboard.deserted(10.0)
        log = await service.call("pbx-1")
    said = opening(log)
    assert said.agent is not None
    assert said.customer is not None
    assert (said.source, said.agent.agent_id, said.customer.customer_id) == ("chan_websocket/1", "1001", "138")
