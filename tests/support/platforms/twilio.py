"""Twilio Media Streams, unidirectional: ``connected``, ``start``, ``media`` of 20 ms on each track, ``stop``, close."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gateway.sources.twilio.signature import sign
from tests.support.platforms import TwoParties, paced, pieces_of

PATH = "/ingest/twilio"
AUTH_TOKEN = "12345"
FRAME_BYTES = 160
FRAME_S = 0.02


@dataclass
class TwilioStream:
    """Builds the messages of one stream; counters and presentation times are its own."""

    call_sid: str = "CA" + "0" * 32
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    tracks: tuple[str, ...] = ("inbound", "outbound")
    stream_sid: str = "MZ" + "0" * 32
    account_sid: str = "AC" + "0" * 32
    sequence_number: int = 0
    chunk: int = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self) -> str:
        return self._numbered(
            "start",
            start={
                "streamSid": self.stream_sid,
                "accountSid": self.account_sid,
                "callSid": self.call_sid,
                "tracks": list(self.tracks),
                "customParameters": dict(self.parameters),
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            },
        )

    def media(self, track: str, timestamp_ms: int, payload: bytes) -> str:
        self.chunk += 1
        media = {
            "track": track,
            "chunk": str(self.chunk),
            "timestamp": str(timestamp_ms),
            "payload": base64.b64encode(payload).decode("ascii"),
        }
        return self._numbered("media", media=media)

    def stop(self) -> str:
        return self._numbered("stop", stop={"accountSid": self.account_sid, "callSid": self.call_sid})

    def _numbered(self, event: str, **body: Any) -> str:
        self.sequence_number += 1
        numbered = {"event": event, "sequenceNumber": str(self.sequence_number), "streamSid": self.stream_sid}
        return json.dumps(numbered | body)


def frames(stream: TwilioStream, sound: TwoParties) -> Iterator[tuple[str, ...]]:
    """What is sent every 20 ms: the outbound frame first, as an independent client was seen to do."""
    inbound = pieces_of(sound.wire("mulaw", "customer"), FRAME_BYTES)
    outbound = pieces_of(sound.wire("mulaw", "agent"), FRAME_BYTES)
    for number, (customer, agent) in enumerate(zip(inbound, outbound, strict=True)):
        yield stream.media("outbound", number * 20, agent), stream.media("inbound", number * 20, customer)


async def play(
    server_url: str, sound: TwoParties, *, key: str = "", call: str, speed: float = 1.0, auth_token: str = AUTH_TOKEN
) -> None:
    """A whole call; ``key`` is of no use, Twilio signs instead. Raises AssertionError if anything is sent to it."""
    stream = TwilioStream(call_sid=call)
    url = server_url + PATH
    async with connect(url, additional_headers={"X-Twilio-Signature": sign(auth_token, url)}) as socket:
        await socket.send(stream.connected())
        await socket.send(stream.start())
        async for texts in paced(frames(stream, sound), FRAME_S, speed=speed):
            for text in texts:
                await socket.send(text)
        await socket.send(stream.stop())
        await socket.close()
        try:
            message = await socket.recv()
        except ConnectionClosed:
            return
    raise AssertionError(f"Twilio was sent {message!r}")
