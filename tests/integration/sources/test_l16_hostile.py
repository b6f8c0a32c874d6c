"""What strangers send to the doors of FreeSWITCH, jambonz and Vonage costs nobody else's call anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from tests.support.heard_calls import SourceService, open_source_service
from tests.support.l16 import on_wire, two_parties
from tests.support.platforms import audio_fork, audio_stream, jambonz, vonage
from tests.support.platforms.audio_stream import AudioStream, metadata_of

PATHS = (audio_stream.PATH, audio_fork.PATH, jambonz.PATH, vonage.PATH)

HOSTILE: dict[str, list[str | bytes]] = {
    "bad JSON": ['{"call":', "}", "\u0000"],
    "deep nesting": ['{"a":' * 100_000, "[" * 100_000],
    "wrong types": ['{"call":[],"rate":{},"channels":[[]],"agent_id":1e999,"role":false,"mixType":7}'],
    "huge text": ['{"call":"' + "x" * 500_000 + '"}'],
    "many objects": ["{}" * 100_000],
    "huge binary": [bytes(1 << 20), bytes((1 << 20) - 1)],
    "single bytes": [bytes(1)] * 300,
    "text flood": ["{}"] * 400,
    "empty messages": [b"", "", b""],
}


async def stranger(service: SourceService, path: str, messages: list[str | bytes]) -> None:
    """Send what is given and drop the line."""
    headers = {"Authorization": f"Bearer {service.key}"}
    async with connect(service.url + path, additional_headers=headers, max_size=None) as socket:
        try:
            for message in messages:
                await socket.send(message)
        except ConnectionClosed:
            return
        socket.transport.abort()


@pytest.mark.parametrize("path", PATHS)
async def test_a_good_call_beside_strangers_is_heard_byte_for_byte(tmp_path: Path, path: str) -> None:
    sound = two_parties(8_000, 1.0)
    stream = AudioStream(metadata_of("good", AudioStream(), 8_000))
    async with open_source_service(tmp_path) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        async with asyncio.TaskGroup() as group:
            group.create_task(
                audio_stream.carry(service.url + audio_stream.PATH, stream, sound, headers=headers, speed=2.0)
            )
            for messages in HOSTILE.values():
                group.create_task(stranger(service, path, messages))
        good = (await service.call("good"))[0].call_id
        assert service.ear.heard[good, "agent"] == on_wire(sound, "agent")
        assert service.ear.heard[good, "customer"] == on_wire(sound, "customer")


@pytest.mark.parametrize("path", PATHS)
async def test_what_no_platform_sends_ends_its_own_connection(tmp_path: Path, path: str) -> None:
    async with open_source_service(tmp_path) as service:
        headers = {"Authorization": f"Bearer {service.key}"}
        async with connect(service.url + path, additional_headers=headers) as socket:
            await socket.send(bytes((1 << 20) + 1))
            await socket.wait_closed()
            assert socket.close_code == 1009
        async with connect(service.url + path, additional_headers=headers, compression=None) as socket:
            socket.transport.write(Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True))
            await socket.wait_closed()
            assert socket.close_code == 1007
