"""Asterisk with AudioSocket: a TCP connection per leg, the UUID first, 20 ms a frame, end of the stream at the hang-up.

Unlike the other platforms it needs to be told the port, and to announce the call over REST beforehand.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx

from assist.messages import Party
from tests.support.platforms import TwoParties, paced, pieces_of

KINDS: Mapping[int, int] = {8_000: 0x10, 12_000: 0x11, 16_000: 0x12, 24_000: 0x13, 48_000: 0x16}
"""Kind of sound by rate."""
FRAME_MS = 20
CONNECT_S = 2.0
HANG_UP_S = 10.0


def frame(kind: int, payload: bytes = b"") -> bytes:
    """One frame, big-endian length."""
    return bytes((kind, len(payload) >> 8, len(payload) & 0xFF)) + payload


def frames_of(pcm: bytes, rate_hz: int = 8_000) -> Iterable[bytes]:
    """Sound as Asterisk sends it: 20 ms a frame."""
    for piece in pieces_of(pcm, 2 * rate_hz * FRAME_MS // 1000):
        yield frame(KINDS[rate_hz], piece)


async def announce(http_url: str, key: str, call: str, **fields: Any) -> Mapping[Party, UUID]:
    """Announce a call; the UUID of each role."""
    async with httpx.AsyncClient(base_url=http_url, headers={"x-api-key": key}) as client:
        answer = await client.post("/api/v1/expected-calls", json={"call": call} | fields)
    answer.raise_for_status()
    return {leg["role"]: UUID(leg["uuid"]) for leg in answer.json()["legs"]}


async def speak(
    address: tuple[str, int],
    uuid: UUID,
    frames: Iterable[bytes],
    *,
    speed: float = 1.0,
    start: asyncio.Barrier | None = None,
) -> bytes:
    """One leg to its end; what the other side sent. Frames go out every 20 ms whatever comes back, as Asterisk's do.

    ``start``: other legs that begin at the same moment.
    """
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(frame(0x01, uuid.bytes))
        received = asyncio.create_task(reader.read(-1), name="audiosocket back")
        try:
            if start is not None:
                await start.wait()
            async for each in _until(received, paced(frames, FRAME_MS / 1000, speed=speed)):
                writer.write(each)
                await writer.drain()
            writer.write_eof()
            async with asyncio.timeout(HANG_UP_S):
                return await received
        finally:
            received.cancel()
            await asyncio.wait({received})
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _until(end: asyncio.Future[bytes], frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Frames until the other side ends the connection."""
    async for each in frames:
        if end.done():
            return
        yield each


async def play(
    server_url: str,
    sound: TwoParties,
    *,
    key: str,
    call: str,
    speed: float = 1.0,
    port: int = 9092,
) -> None:
    """A call of two snooped channels, a connection each, snooped from the same moment on."""
    host = server_url.removeprefix("ws://").rpartition(":")[0]
    legs = await announce(server_url.replace("ws", "http", 1), key, call)
    start = asyncio.Barrier(len(legs))
    async with asyncio.TaskGroup() as group:
        for party, uuid in legs.items():
            frames = frames_of(sound.wire("pcm_s16le", party), sound.rate_hz)
            leg = speak((host, port), uuid, frames, speed=speed, start=start)
            group.create_task(leg, name=f"audiosocket {party}")
