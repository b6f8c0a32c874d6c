"""Twilio Media Streams against a real server: by its emulator, and by a client that somebody else wrote."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import streamdouble.api
from streamdouble.chaos import Impairments
from streamdouble.session import SessionConfig
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from asr.audio.codecs import decode
from assist.messages import Party
from gateway.sources.twilio.signature import sign
from tests.support.heard_calls import adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import two_parties
from tests.support.platforms import TwoParties, pieces_of
from tests.support.platforms.twilio import AUTH_TOKEN, FRAME_BYTES, PATH, TwilioStream, frames, play

FAST = 50.0
SIGNED = {"auth_token": AUTH_TOKEN}
CALL = "CA" + "1" * 32


def heard_of(sound: TwoParties, party: Party) -> bytes:
    """What µ-law leaves of a party."""
    return decode("mulaw", sound.wire("mulaw", party)).astype("<i2").tobytes()


async def test_a_whole_call_comes_over_with_its_roles(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        await play(service.url, sound, call=CALL, speed=FAST)
        log = await service.call(CALL)
        assert service.ear.of("customer") == heard_of(sound, "customer")
        assert service.ear.of("agent") == heard_of(sound, "agent")
    assert [(leg.party, leg.codec) for leg in opening(log).legs] == [("customer", "mulaw"), ("agent", "mulaw")]
    assert (opening(log).source, closing(log).cause) == ("twilio/1", "hangup")
    assert adds_up(log)
    assert not gaps(log, "customer")


async def test_another_stream_on_the_same_call_goes_on_with_it(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        headers = {"X-Twilio-Signature": sign(AUTH_TOKEN, service.url + PATH)}
        async with connect(service.url + PATH, additional_headers=headers) as socket:
            stream = TwilioStream(call_sid=CALL)
            await socket.send(stream.start())
            for texts in frames(stream, sound.excerpt(0.0, 0.5)):
                for text in texts:
                    await socket.send(text)
            await service.ear.until(lambda: len(service.ear.of("customer")) == 8_000)
            socket.transport.abort()
        await play(service.url, sound.excerpt(0.5, 1.0), call=CALL, speed=FAST)
        log = await service.call(CALL)
        assert service.ear.of("customer") == heard_of(sound, "customer")
        assert service.ear.of("agent") == heard_of(sound, "agent")
    assert adds_up(log)


async def test_a_stream_for_each_party_makes_one_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    tracks: Sequence[tuple[Party, str]] = (("customer", "inbound"), ("agent", "outbound"))
    async with open_source_service(tmp_path, twilio={"unsigned": True}) as service, AsyncExitStack() as sockets:
        for party, track in tracks:
            socket = await sockets.enter_async_context(connect(service.url + PATH))
            stream = TwilioStream(call_sid=CALL, tracks=(track,), parameters={"role": party})
            await socket.send(stream.start())
            for number, frame in enumerate(pieces_of(sound.wire("mulaw", party), FRAME_BYTES)):
                await socket.send(stream.media(track, 20 * number, frame))
            await socket.send(stream.stop())
        log = await service.call(CALL)
        assert service.ear.of("customer") == heard_of(sound, "customer")
        assert service.ear.of("agent") == heard_of(sound, "agent")
    assert [leg.party for leg in opening(log).legs] == ["customer", "agent"]
    assert adds_up(log)


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (SIGNED, {}),
        (SIGNED, {"X-Twilio-Signature": "OtQORK5DF5epBoP8SKwxpKCrqVk="}),
        ({}, {}),
        ({"enabled": False} | SIGNED, {}),
    ],
)
async def test_nobody_comes_in_unsigned(tmp_path: Path, settings: dict[str, Any], headers: dict[str, str]) -> None:
    async with open_source_service(tmp_path, twilio=settings) as service:
        with pytest.raises(InvalidStatus) as caught:
            async with connect(service.url + PATH, additional_headers=headers):
                pass
        assert caught.value.response.status_code == 403
        assert not service.service.supervisor.calls()


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "cue.example.com",
    "X-Twilio-Signature": sign(AUTH_TOKEN, "wss://cue.example.com" + PATH),
}


async def test_behind_a_trusted_proxy_the_public_address_is_signed(tmp_path: Path) -> None:
    async with (
        open_source_service(tmp_path, trusted_proxy=True, twilio=SIGNED) as service,
        connect(service.url + PATH, additional_headers=FORWARDED),
    ):
        pass


async def test_what_any_peer_says_of_the_address_is_not_believed(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        with pytest.raises(InvalidStatus):
            await connect(service.url + PATH, additional_headers=FORWARDED)


@pytest.mark.parametrize(("loss", "jitter_ms", "seed"), [(0.0, 0.0, 0), (0.1, 30.0, 1), (0.3, 30.0, 4)])
async def test_an_independent_client_finds_no_fault_and_its_losses_are_declared(
    tmp_path: Path, loss: float, jitter_ms: float, seed: int
) -> None:
    sound = two_parties(8_000, 2.0)
    sent = {party: list(pieces_of(sound.wire("mulaw", party), FRAME_BYTES)) for party in ("customer", "agent")}
    config = SessionConfig(
        fork=True,
        strict_fork=True,
        tracks=["inbound", "outbound"],
        agent_frames=sent["agent"],
        custom_parameters={"call": "crm-1", "agentId": "1001"},
        impairments=Impairments(loss=loss, jitter_ms=jitter_ms),
        chaos_seed=seed,
        response_timeout_s=0.1,
        quiet_period_s=0.1,
        max_drain_s=0.1,
    )
    async with open_source_service(tmp_path, twilio={"unsigned": True}) as service:
        report = await streamdouble.api.call(service.url + PATH, frames=sent["customer"], config=config)
        log = await service.call("crm-1")
        assert service.ear.of("agent") == heard_of(sound, "agent")
        came = len(service.ear.of("customer")) // 2
    assert (report.violations, report.result.warnings, report.result.closed_early) == ([], [], False)
    agent = opening(log).agent
    assert agent is not None
    assert agent.agent_id == "1001"
    assert (loss > 0) == (report.result.frames_dropped > 0)
    assert came == FRAME_BYTES * (len(sent["customer"]) - report.result.frames_dropped)
    lost_ms = [gap.end_ms - gap.start_ms for gap in gaps(log, "customer")]
    assert sum(lost_ms) == 20 * report.result.frames_dropped
    assert not gaps(log, "agent")
    assert adds_up(log)
    assert closing(log).cause == "hangup"
