"""chan_websocket against a real server, by its emulator: the parts of PROTOCOLS 11.8 that need sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from asr.audio.codecs import decode
from assist.messages import Envelope, Party
from tests.support.heard_calls import SourceService, adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import two_parties
from tests.support.platforms import TwoParties
from tests.support.platforms.chan_websocket import (
    ENCODINGS,
    PATH,
    Channel,
    ChannelHungUpError,
    basic,
    carry,
    play,
)

FAST = 50.0
RECEIVE_ONLY = '{"command":"SET_MEDIA_DIRECTION","direction":"in"}'


def heard(sound: TwoParties, party: Party, name: str = "ulaw") -> bytes:
    """What is left of a leg after its format."""
    return decode(ENCODINGS[name], sound.wire(ENCODINGS[name], party)).astype("<i2").tobytes()


def channel(role: Party = "customer", **fields: Any) -> Channel:
    return Channel({"call": "pbx1-1234.5", "role": role}, **fields)


async def ended(service: SourceService, key: str) -> list[Envelope]:
    """The log of the only call with a key, once all that was sent has arrived."""
    await service.service.switchboard.deserted(10.0)
    return await service.call(key)


async def test_a_whole_call_comes_on_two_connections_of_one_section(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with open_source_service(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="pbx-1", speed=2.0)
        log = await ended(service, "pbx-1")
        assert service.ear.of("customer") == heard(sound, "customer")
        assert service.ear.of("agent") == heard(sound, "agent")
    assert {leg.party for leg in opening(log).legs} == {"agent", "customer"}
    assert opening(log).source == "chan_websocket/1"
    assert closing(log).cause == "hangup"
    assert adds_up(log)


@pytest.mark.parametrize(
    ("control", "name", "rate_hz", "commands"),
    [
        ("json", "ulaw", 8_000, [RECEIVE_ONLY]),
        ("json", "alaw", 8_000, [RECEIVE_ONLY]),
        ("plain-text", "slin", 8_000, []),
        ("json", "slin16", 16_000, [RECEIVE_ONLY]),
        ("plain-text", "slin16", 16_000, []),
        ("first-release", "ulaw", 8_000, []),
    ],
)
async def test_every_form_of_control_and_of_sound_is_heard(
    tmp_path: Path, control: Any, name: str, rate_hz: int, commands: list[str]
) -> None:
    sound = two_parties(rate_hz, 0.3)
    snooped = channel(format=name, control=control)
    async with open_source_service(tmp_path) as service:
        obeyed = await carry(service.url, snooped, snooped.frames(sound, "customer"), key=service.key, speed=FAST)
        log = await ended(service, "pbx1-1234.5")
        assert service.ear.of("customer") == heard(sound, "customer", name)
    assert obeyed == commands
    assert opening(log).legs[0].rate_hz == rate_hz
    assert adds_up(log)


async def test_parameters_are_url_decoded(tmp_path: Path) -> None:
    snooped = Channel(
        {"call": "pbx1/12 34&5", "role": "agent", "agent_id": "1001", "agent_name": "林晓", "customer_id": "+86 138"}
    )
    async with open_source_service(tmp_path) as service:
        await carry(service.url, snooped, [bytes(160)], key=service.key)
        log = await ended(service, "pbx1/12 34&5")
    said = opening(log)
    assert said.agent is not None
    assert said.customer is not None
    assert (said.agent.agent_id, said.agent.name, said.customer.customer_id) == ("1001", "林晓", "+86 138")


@pytest.mark.parametrize("key", ["lc_wrong", ""])
async def test_a_wrong_key_brings_no_call(tmp_path: Path, key: str) -> None:
    async with open_source_service(tmp_path) as service:
        with pytest.raises(ChannelHungUpError, match="4401"):
            await carry(service.url, channel(), [bytes(160)] * 5_000, key=key)
        await service.service.switchboard.deserted(10.0)
        assert service.service.supervisor.calls() == []


@pytest.mark.parametrize("offered", [None, ["media"], ["chat", "media"], ["chat"]])
async def test_the_subprotocol_is_chosen_where_it_is_offered(tmp_path: Path, offered: list[str] | None) -> None:
    protocols = [Subprotocol(name) for name in offered] if offered else None
    async with open_source_service(tmp_path) as service:
        headers = {"Authorization": basic(service.key)}
        async with connect(
            service.url + PATH, additional_headers=headers, subprotocols=protocols, proxy=None
        ) as connection:
            assert connection.subprotocol == ("media" if offered and "media" in offered else None)


@pytest.mark.parametrize("name", ["opus", "g722"])
async def test_a_format_that_cannot_be_heard_does_not_cost_the_channel(tmp_path: Path, name: str) -> None:
    async with open_source_service(tmp_path) as service:
        obeyed = await carry(service.url, channel(format=name), [bytes(33)] * 40, key=service.key, speed=FAST)
        assert service.service.supervisor.calls() == []
        assert b"unsupported-format" in service.service.metrics.text()
    assert obeyed == []


async def test_a_leg_that_is_silent_for_a_while_has_a_gap_that_was_inferred(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.6)
    customer, agent = channel("customer"), channel("agent", channel_id="pbx1-2")
    async with open_source_service(tmp_path, stall_s=0.1) as service:
        headers: Mapping[str, str] = {"Authorization": basic(service.key)}
        url = f"{service.url}{PATH}?call=pbx1-1234.5&role=customer"
        async with connect(url, additional_headers=headers, proxy=None) as connection:
            await connection.send(customer.media_start)
            frames = list(customer.frames(sound, "customer"))
            for frame in frames[:5]:
                await connection.send(frame)
            await service.ear.until(lambda: len(service.ear.of("customer")) == 1_600)
            await carry(service.url, agent, agent.frames(sound, "agent"), key=service.key, speed=1.0)
            for frame in frames[5:10]:
                await connection.send(frame)
        log = await ended(service, "pbx1-1234.5")
        assert service.ear.of("customer") == heard(sound.excerpt(0.0, 0.2), "customer")
    (gap,) = gaps(log, "customer")
    assert (gap.start_ms, gap.cause, gap.inferred) == (100, "lost", True)
    assert gap.end_ms > 100
    assert adds_up(log)


async def test_events_of_the_channel_cost_nothing(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.2)
    snooped = channel(control="plain-text")
    frames: list[str | bytes] = list(snooped.frames(sound, "customer"))
    events = [
        "DTMF_END digit:5 channel_id:pbx1-1234.99",
        "ERROR channel_id:pbx1-1234.99 error_text:Unable to do: that",
        "MEDIA_XOFF channel_id:pbx1-1234.99",
        json.dumps({"event": "STATUS", "queue_length": 0}),
        "SOMETHING_NEW x:y",
        "{",
    ]
    mixed = [each for pair in zip(frames, events, strict=False) for each in pair] + frames[len(events) :]
    async with open_source_service(tmp_path) as service:
        await carry(service.url, snooped, mixed, key=service.key, speed=FAST)
        log = await ended(service, "pbx1-1234.5")
        assert service.ear.of("customer") == heard(sound, "customer")
    assert adds_up(log)


async def test_legs_without_a_key_are_calls_of_their_own(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        for role in ("customer", "agent"):
            snooped = Channel({"role": role}, channel_id=f"pbx1-{role}")
            await carry(service.url, snooped, [bytes(160)], key=service.key)
        logs = [await ended(service, f"pbx1-{role}") for role in ("customer", "agent")]
    assert [[leg.party for leg in opening(log).legs] for log in logs] == [["customer"], ["agent"]]


async def test_a_connection_that_breaks_ends_its_leg(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        url = f"{service.url}{PATH}?call=pbx-1&channels=customer&key={service.key}"
        async with connect(url, proxy=None) as connection:
            await connection.send(channel().media_start)
            await connection.send(bytes(160))
            await service.ear.until(lambda: len(service.ear.of("customer")) == 320)
            connection.transport.abort()
        log = await ended(service, "pbx-1")
    assert closing(log).cause == "hangup"
    assert [leg.party for leg in opening(log).legs] == ["customer"]


async def test_a_service_that_stops_lets_the_channel_go(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        url = f"{service.url}{PATH}?call=pbx-1&role=customer&key={service.key}"
        async with connect(url, proxy=None) as connection:
            await connection.send(channel().media_start)
            await connection.send(np.zeros(160, np.uint8).tobytes())
            await service.ear.until(lambda: len(service.ear.of("customer")) == 320)
            stopping = asyncio.create_task(service.service.stop_calls())
            await connection.wait_closed()
            await stopping
            assert connection.close_code == 1001
