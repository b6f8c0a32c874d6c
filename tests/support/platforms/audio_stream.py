"""FreeSWITCH with mod_audio_stream: metadata verbatim, L16 of 20 ms or STREAM_BUFFER_SIZE, texts, close 1000."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from assist.messages import Party
from tests.support.platforms import TwoParties, paced, pieces_of

Mix = Literal["mono", "mixed", "stereo"]

PATH = "/ingest/audio_stream"
CONNECT_S = 10.0


@dataclass(frozen=True)
class AudioStream:
    """``uuid_audio_stream <uuid> start URL MIX RATE METADATA`` on the channel of ``read``."""

    metadata: str | None = None
    mix: Mix = "stereo"
    read: Party = "customer"
    """Whose channel carries the bug: what is read from it comes first."""
    buffer_ms: int = 20
    """STREAM_BUFFER_SIZE."""
    first_samples: int = 0
    """Of the first message, which resampling makes shorter; 0: as the others."""

    @property
    def parties(self) -> tuple[Party, ...]:
        other: Party = "agent" if self.read == "customer" else "customer"
        layouts: Mapping[Mix, tuple[Party, ...]] = {
            "mono": (self.read,),
            "mixed": ("mixed",),
            "stereo": (self.read, other),
        }
        return layouts[self.mix]

    def sound(self, sound: TwoParties) -> Iterator[bytes]:
        """Its binary messages; a tail that does not fill a buffer of its own size is lost."""
        wire = sound.wire("pcm_s16le", *self.parties)
        size_bytes = 2 * len(self.parties) * sound.rate_hz * self.buffer_ms // 1000
        first_bytes = 2 * len(self.parties) * self.first_samples
        if first_bytes:
            yield wire[:first_bytes]
        for piece in pieces_of(wire[first_bytes:], size_bytes):
            if len(piece) == size_bytes or self.buffer_ms == 20:
                yield piece

    def messages(self, sound: TwoParties) -> Iterator[str | bytes]:
        if self.metadata is not None:
            yield self.metadata
        yield from self.sound(sound)


def metadata_of(call: str, stream: AudioStream, rate_hz: int, **more: Any) -> str:
    """As docs/connect/freeswitch.md asks for it: no spaces, because the module splits its command on them."""
    fields = {"call": call, "channels": ",".join(stream.parties), "rate": rate_hz} | more
    return json.dumps(fields, separators=(",", ":"))


async def carry(
    url: str,
    stream: AudioStream,
    sound: TwoParties,
    *,
    headers: Mapping[str, str],
    speed: float = 1.0,
    subprotocols: Sequence[str] | None = None,
) -> list[str | bytes]:
    """One connection to its end; what was sent back. Raises AssertionError if the other side closes first."""
    async with connect(
        url,
        additional_headers=headers,
        subprotocols=[Subprotocol(name) for name in subprotocols] if subprotocols else None,
        open_timeout=CONNECT_S,
    ) as socket:
        assert socket.subprotocol == (subprotocols[0] if subprotocols else None)
        async with asyncio.TaskGroup() as group:
            answers = group.create_task(received(socket), name="answers")
            async for message in paced(stream.messages(sound), stream.buffer_ms / 1000, speed=speed):
                await socket.send(message)
            await socket.close(1000)
        return answers.result()


async def received(socket: ClientConnection) -> list[str | bytes]:
    """What comes until the connection is closed."""
    messages: list[str | bytes] = []
    try:
        while True:
            messages.append(await socket.recv())
    except ConnectionClosed:
        return messages


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """A whole call on one stereo stream, the token in STREAM_EXTRA_HEADERS."""
    stream = AudioStream()
    stream = AudioStream(metadata=metadata_of(call, stream, sound.rate_hz))
    await carry(server_url + PATH, stream, sound, headers={"Authorization": f"Bearer {key}"}, speed=speed)
