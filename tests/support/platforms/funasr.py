"""FunASR's Python client: a text, PCM as it is said, an end text; each party of a call on a connection of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.support.platforms import TwoParties, paced, pieces_of

CHUNK_SIZE = (5, 10, 5)
CHUNK_INTERVAL = 10
CHUNK_MS = 60 * CHUNK_SIZE[1] // CHUNK_INTERVAL


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """Both parties of a call, joined by their ``wav_name``, heard from the same moment on."""
    url = f"{server_url}/ingest/funasr?key={quote(key)}"
    start = asyncio.Barrier(2)
    async with asyncio.TaskGroup() as group:
        for party in ("agent", "customer"):
            pcm = sound.wire("pcm_s16le", party)
            name = f"{call}-{party}"
            leg = play_leg(url, pcm, rate_hz=sound.rate_hz, wav_name=name, speed=speed, start=start)
            group.create_task(leg, name=f"funasr {party}")


async def play_leg(
    url: str,
    pcm: bytes,
    *,
    rate_hz: int,
    wav_name: str,
    mode: str = "2pass",
    speed: float = 1.0,
    start: asyncio.Barrier | None = None,
) -> list[dict[str, Any]]:
    """One recording, paced by its length; all answers up to the acknowledgement of its end.

    ``start``: other recordings that begin at the same moment.
    """
    async with connect(url, subprotocols=[Subprotocol("binary")], ping_interval=None) as socket:
        await socket.send(first_text(mode, rate_hz, wav_name))
        answers = asyncio.ensure_future(_answers(socket))
        size = rate_hz * CHUNK_MS // 1000 * 2
        if start is not None:
            await start.wait()
        async for piece in paced(pieces_of(pcm, size), CHUNK_MS / 1000, speed=speed):
            await socket.send(piece)
        await socket.send(json.dumps({"is_speaking": False, "is_end": True}))
        return await answers


def first_text(mode: str, rate_hz: int, wav_name: str) -> str:
    return json.dumps(
        {
            "mode": mode,
            "chunk_size": CHUNK_SIZE,
            "chunk_interval": CHUNK_INTERVAL,
            "encoder_chunk_look_back": 4,
            "decoder_chunk_look_back": 0,
            "audio_fs": rate_hz,
            "wav_name": wav_name,
            "wav_format": "pcm",
            "is_speaking": True,
            "hotwords": "",
            "itn": True,
        },
        ensure_ascii=False,
    )


async def _answers(socket: ClientConnection) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    async for message in socket:
        answers.append(json.loads(message))
        if answers[-1].get("is_end"):
            break
    return answers
