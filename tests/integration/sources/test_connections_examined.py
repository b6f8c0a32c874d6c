"""``livecue doctor --connect`` against a running service."""

from __future__ import annotations

from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from assist.errors import InputError
from gateway.diagnosis import examine_connections
from gateway.diagnosis.findings import Finding
from tests.support.heard_calls import SourceService, open_source_service
from tests.support.platforms import TwoParties, pieces_of
from tests.support.platforms.twilio import AUTH_TOKEN, play
from tests.support.recordings import voice

FAST = 50.0
SIGNED = {"auth_token": AUTH_TOKEN}


def spoken(seconds: int) -> TwoParties:
    agent, customer = (voice("01-cross-sell", channel, seconds) for channel in (0, 1))
    return TwoParties(agent, customer)


async def examined(service: SourceService, platform: str | None, *, key: str | None = None) -> dict[str, Finding]:
    found = await examine_connections(
        service.service.settings, platform=platform, url=service.url, key=service.key if key is None else key
    )
    return {finding.code: finding for finding in found}


async def test_a_door_that_nobody_came_through_yet(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        found = await examined(service, "twilio")
        assert not service.service.supervisor.calls()
    assert {code: finding.state for code, finding in found.items() if code != "answers-late"} == {
        "address-local": "warn",
        "answers": "ok",
        "no-call": "warn",
    }


async def test_the_newest_call_of_the_platform_is_judged(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        await play(service.url, spoken(12), call="CA1", speed=FAST)
        await service.call("CA1")
        found = await examined(service, "twilio")
    assert found["clock-fast"].values["rate_hz"] == "8000"
    assert "wrong-codec" not in found


async def test_mulaw_under_the_name_of_linear_sound_is_heard(tmp_path: Path) -> None:
    path, sound = "/ingest/audio_stream", spoken(30).wire("mulaw", "customer")
    async with open_source_service(tmp_path) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        async with connect(service.url + path, additional_headers=headers) as socket:
            await socket.send("call=f-1&channels=customer&rate=8000")
            for piece in pieces_of(sound, 3_200):
                await socket.send(piece)
            await service.ear.until(lambda: len(service.ear.of("customer")) == len(sound))
        await service.call("f-1")
        found = await examined(service, "audio_stream")
    assert found["wrong-codec"].values["likely"] == "mulaw"
    assert found["wrong-codec"].state == "fail"


async def test_a_key_that_is_none_is_told_by_the_door_and_by_the_record(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        found = await examined(service, "vonage", key="lc_wrong")
    assert found["key-refused"].state == "fail"
    assert "401" in found["record-unseen"].values["reason"]


async def test_without_a_name_every_door_that_is_there_is_examined(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, twilio=SIGNED) as service:
        url = service.url + "/ingest/twilio"
        found = await examine_connections(service.service.settings, platform=None, url=url, key=service.key)
    platforms = {finding.platform for finding in found}
    assert {"twilio", "audio_stream", "vonage"} <= platforms
    assert "audiohook" not in platforms
    assert not [finding for finding in found if finding.state == "fail"]


async def test_a_platform_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        with pytest.raises(InputError) as caught:
            await examined(service, "teams")
    assert caught.value.code == "unknown-platform"
