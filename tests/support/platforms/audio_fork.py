"""drachtio's mod_audio_fork: a subprotocol, HTTP Basic, L16 in whatever pieces the socket took, and its two ends."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.platforms import TwoParties, paced
from tests.support.platforms.audio_stream import CONNECT_S, AudioStream, metadata_of, received

PATH = "/ingest/audio_fork"
SUBPROTOCOL = "audio.drachtio.org"
FRAME_S = 0.02
MOST_FRAMES = 100
"""MOD_AUDIO_FORK_BUFFER_SECS 2: what waits longer for the socket is thrown away."""


@dataclass(frozen=True)
class AudioFork(AudioStream):
    """``uuid_audio_fork <uuid> start URL MIX RATE METADATA``."""

    seed: int = 1

    def sound(self, sound: TwoParties) -> Iterator[bytes]:
        """Each message is what gathered since the socket was last writable: frames, or what resampling made of them."""
        wire = sound.wire("pcm_s16le", *self.parties)
        sample_bytes = 2 * len(self.parties)
        chance = random.Random(self.seed)
        place = 0
        while place < len(wire):
            samples = chance.choice((1, 79, 160, 160, 160, 161, 320, 1600))
            yield wire[place : place + samples * sample_bytes]
            place += samples * sample_bytes


def basic(username: str, password: str) -> Mapping[str, str]:
    """MOD_AUDIO_BASIC_AUTH_USERNAME and …_PASSWORD."""
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def gathered(messages: Iterable[str | bytes]) -> list[str | bytes]:
    """Texts always go before sound."""
    listed = list(messages)
    return [message for message in listed if isinstance(message, str)] + [
        message for message in listed if isinstance(message, bytes)
    ]


async def fork(
    url: str,
    stream: AudioStream,
    sound: TwoParties,
    *,
    headers: Mapping[str, str],
    speed: float = 1.0,
    subprotocol: str = SUBPROTOCOL,
    graceful: bool = False,
) -> list[str | bytes]:
    """One connection to its end: ``stop``, or ``graceful-shutdown``; what was sent back.

    Raises AssertionError where the module would give up: its subprotocol is not echoed, or nobody closes after a
    graceful shutdown.
    """
    async with connect(
        url, additional_headers=headers, subprotocols=[Subprotocol(subprotocol)], open_timeout=CONNECT_S
    ) as socket:
        assert socket.subprotocol == subprotocol
        async with asyncio.TaskGroup() as group:
            answers = group.create_task(received(socket), name="answers")
            every_s = sound.length_s / max(1, len(list(stream.sound(sound))))
            async for message in paced(gathered(stream.messages(sound)), every_s, speed=speed):
                await socket.send(message)
            if graceful:
                await _shut_down(socket)
            else:
                await socket.close(1000)
        return answers.result()


async def _shut_down(socket: ClientConnection) -> None:
    """Every time the socket is writable another empty message, until the other side closes."""
    try:
        async with asyncio.timeout(CONNECT_S):
            while True:
                await socket.send(b"")
                await asyncio.sleep(FRAME_S)
    except ConnectionClosed:
        assert socket.close_code == 1000


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """A whole call on one stereo fork, the key as password."""
    metadata = metadata_of(call, AudioFork(), sound.rate_hz)
    await fork(server_url + PATH, AudioFork(metadata=metadata), sound, headers=basic("livecue", key), speed=speed)
