"""Vonage Voice against a real server, by its emulator."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.heard_calls import adds_up, closing, open_source_service, opening
from tests.support.l16 import on_wire, two_parties
from tests.support.platforms.audio_stream import carry
from tests.support.platforms.vonage import PATH, SECRET, VonageEndpoint, dtmf, play, token

FAST = 50.0


async def test_a_whole_call_is_one_mixed_leg_and_nothing_is_sent_back(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with open_source_service(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="v-1", speed=FAST)
        log = await service.call("v-1")
        assert service.ear.of("mixed") == on_wire(sound, "mixed")
    assert [leg.party for leg in opening(log).legs] == ["mixed"]
    agent = opening(log).agent
    assert agent is not None
    assert agent.agent_id == "1001"
    assert closing(log).cause == "hangup"
    assert adds_up(log)


async def test_the_fallback_connection_goes_on_with_the_call(tmp_path: Path) -> None:
    sound = two_parties(16_000, 1.0)
    endpoint = VonageEndpoint(mix="mixed", headers={"callId": "v-1"})
    async with open_source_service(tmp_path) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        async with connect(service.url + PATH, additional_headers=headers) as socket:
            for message in endpoint.messages(sound.excerpt(0.0, 0.5)):
                await socket.send(message)
            await socket.send(dtmf("1"))
            await service.ear.until(lambda: len(service.ear.of("mixed")) == 16_000)
            socket.transport.abort()
        await carry(service.url + PATH, endpoint, sound.excerpt(0.5, 1.0), headers=headers, speed=10.0)
        log = await service.call("v-1")
        assert service.ear.of("mixed") == on_wire(sound, "mixed")
    assert adds_up(log)


@pytest.mark.parametrize(
    ("secret", "age_s", "settings", "is_in"),
    [
        (SECRET, 0, {"signature_secret": SECRET}, True),
        (SECRET, 0, {"signature_secret": SECRET, "account_key": "a1b2c3d4"}, True),
        (SECRET, 0, {"signature_secret": SECRET, "account_key": "other"}, False),
        (SECRET, 3_600, {"signature_secret": SECRET}, False),
        ("another secret of thirty-two byte", 0, {"signature_secret": SECRET}, False),
        (SECRET, 0, {}, False),
    ],
)
async def test_vonages_own_token_lets_in(
    tmp_path: Path, secret: str, age_s: float, settings: dict[str, Any], is_in: bool
) -> None:
    sound = two_parties(8_000, 0.2)
    endpoint = VonageEndpoint(mix="mixed", headers={"callId": "v-1"})
    headers = {"Authorization": f"Bearer {token(time.time() - age_s, secret)}"}
    async with (
        open_source_service(tmp_path, vonage=settings) as service,
        connect(service.url + PATH, additional_headers=headers) as socket,
    ):
        if not is_in:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 4401
            return
        for message in endpoint.messages(sound):
            await socket.send(message)
        await service.ear.until(lambda: service.ear.of("mixed") == on_wire(sound, "mixed"))


async def test_a_token_that_was_taken_down_lets_nobody_in_again(tmp_path: Path) -> None:
    settings = {"signature_secret": SECRET}
    async with open_source_service(tmp_path, vonage=settings) as service:
        for jti, is_in in (("one", True), ("one", False), ("two", True), (None, True), (None, True)):
            headers = {"Authorization": f"Bearer {token(time.time(), jti=jti)}"}
            async with connect(service.url + PATH, additional_headers=headers) as socket:
                if is_in:
                    await (await socket.ping())
                    continue
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
                assert socket.close_code == 4401
