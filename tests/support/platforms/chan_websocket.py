"""Asterisk with chan_websocket: a websocket per leg, MEDIA_START first, native frames of 20 ms, close 1000."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from asr.audio.codecs import Encoding
from assist.messages import Party
from tests.support.platforms import TwoParties, paced, pieces_of

PATH = "/ingest/chan_websocket"
Format = Literal["ulaw", "alaw", "slin", "slin16"]
ENCODINGS: Mapping[str, Encoding] = {"ulaw": "mulaw", "alaw": "alaw", "slin": "pcm_s16le", "slin16": "pcm_s16le"}
FRAME_BYTES: Mapping[str, int] = {"ulaw": 160, "alaw": 160, "slin": 320, "slin16": 640}
UPGRADE_S = 1.0
"""Twice the default ``connection_timeout``."""
MAX_COMMAND_BYTES = 128
COMMANDS = frozenset({"SET_MEDIA_DIRECTION", "GET_STATUS", "HANGUP", "ANSWER"})


@dataclass(frozen=True)
class Channel:
    """A channel of ``Dial(WebSocket/livecue/c(FORMAT)f(CONTROL)v(PARAMETERS))``."""

    parameters: Mapping[str, str]
    """``v()``, before URL encoding."""
    format: str = "ulaw"
    control: Literal["json", "plain-text", "first-release"] = "json"
    channel_id: str = "pbx1-1234.99"
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def media_start(self) -> str:
        name = f"WebSocket/livecue/0x{abs(hash(self.channel_id)) % 2**40:x}"
        frame_bytes = FRAME_BYTES.get(self.format, 0)
        match self.control:
            case "json":
                return json.dumps(
                    {
                        "event": "MEDIA_START",
                        "connection_id": "livecue",
                        "channel": name,
                        "channel_id": self.channel_id,
                        "format": self.format,
                        "optimal_frame_size": frame_bytes,
                        "ptime": 20,
                        "channel_variables": dict(self.variables),
                    },
                    separators=(",", ":"),
                )
            case "plain-text":
                return (
                    f"MEDIA_START connection_id:livecue channel:{name} channel_id:{self.channel_id}"
                    f" format:{self.format} optimal_frame_size:{frame_bytes} ptime:20"
                )
            case "first-release":
                return f"MEDIA_START connection_id:livecue channel:{name} optimal_frame_size:{frame_bytes}"

    def frames(self, sound: TwoParties, party: Party) -> Iterable[bytes]:
        """Native frames without header, 20 ms each."""
        return pieces_of(sound.wire(ENCODINGS[self.format], party), FRAME_BYTES[self.format])


class ChannelHungUpError(Exception):
    """The application closed the websocket, which hangs the channel up."""


def basic(key: str, user: str = "asterisk") -> str:
    """``username`` and ``password`` of websocket_client.conf."""
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


async def carry(
    server_url: str,
    channel: Channel,
    frames: Iterable[str | bytes],
    *,
    key: str,
    speed: float = 1.0,
    start: asyncio.Barrier | None = None,
) -> list[str]:
    """One channel to its end; the commands that were obeyed. A text among the frames is sent as it is.

    ``start``: passed between MEDIA_START and the first frame.

    Raises ChannelHungUpError, or AssertionError for what Asterisk drops without a word.
    """
    url = f"{server_url}{PATH}?{urlencode(channel.parameters)}"
    commands: list[str] = []
    async with connect(
        url,
        additional_headers={"Authorization": basic(key)},
        subprotocols=[Subprotocol("media")],
        open_timeout=UPGRADE_S,
        compression=None,
        proxy=None,
    ) as connection:
        assert connection.subprotocol == "media", "the subprotocol must be chosen"
        obeying = asyncio.create_task(_obey(connection, channel, commands), name="chan_websocket commands")
        try:
            await connection.send(channel.media_start)
            if start is not None:
                await start.wait()
            async for each in paced(frames, 0.02, speed=speed):
                await connection.send(each)
        except ConnectionClosed as error:
            raise ChannelHungUpError(str(error.rcvd)) from error
        finally:
            await connection.close()
            await obeying
    return commands


async def _obey(connection: ClientConnection, channel: Channel, commands: list[str]) -> None:
    async for message in _messages(connection):
        assert isinstance(message, str), "sound was sent to a channel that only speaks"
        assert len(message.encode()) <= MAX_COMMAND_BYTES, "Asterisk drops longer commands"
        assert channel.control == "json", "a plain-text channel ignores JSON commands"
        assert json.loads(message)["command"] in COMMANDS
        commands.append(message)


async def _messages(connection: ClientConnection) -> AsyncIterator[str | bytes]:
    """Until the connection is closed, in whatever manner."""
    with suppress(ConnectionClosed):
        while True:
            yield await connection.recv()


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """A call of two snooped channels, both from the same section of the configuration, snooped from the same moment on.

    One that began half a second after the other would lack that much of its party's words, and the call be another one.
    """
    name: Format = "ulaw" if sound.rate_hz == 8_000 else "slin16"
    start = asyncio.Barrier(2)
    async with asyncio.TaskGroup() as group:
        for party in ("customer", "agent"):
            channel = Channel({"call": call, "role": party}, format=name, channel_id=f"{call}.{party}")
            frames = channel.frames(sound, party)
            leg = carry(server_url, channel, frames, key=key, speed=speed, start=start)
            group.create_task(leg, name=f"chan_websocket {party}")
