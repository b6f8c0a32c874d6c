"""Vonage Voice: ``websocket:connected`` with the operator's headers flattened into it, then one mixed leg."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt

from tests.support.platforms import TwoParties
from tests.support.platforms.audio_stream import AudioStream, carry

PATH = "/ingest/vonage"
SECRET = "a signature secret of thirty-two."


@dataclass(frozen=True)
class VonageEndpoint(AudioStream):
    """The endpoint of a ``connect`` action."""

    headers: dict[str, Any] = field(default_factory=dict[str, Any])
    content_type: str | None = None
    """None: as the sound is."""

    def messages(self, sound: TwoParties) -> Iterator[str | bytes]:
        content_type = self.content_type or f"audio/l16;rate={sound.rate_hz}"
        yield json.dumps({"event": "websocket:connected", "content-type": content_type} | self.headers)
        yield from self.sound(sound)


def dtmf(digit: str, duration_ms: int = 260, *, nested: bool = False) -> str:
    body: dict[str, Any] = {"digit": digit, "duration": duration_ms}
    return json.dumps({"event": "websocket:dtmf"} | ({"dtmf": body} if nested else body))


def token(now_s: float, secret: str = SECRET, **claims: Any) -> str:
    """What authorization of type ``vonage`` sends behind ``Bearer``."""
    usual = {"iat": int(now_s), "jti": "c1e3f1d2", "iss": "Vonage", "api_key": "a1b2c3d4", "application_id": "app-1"}
    return jwt.encode({name: value for name, value in (usual | claims).items() if value is not None}, secret)


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """A whole call on one mixed leg, authorization of type ``custom``."""
    endpoint = VonageEndpoint(mix="mixed", headers={"callId": call, "agentId": "1001"})
    sent = await carry(server_url + PATH, endpoint, sound, headers={"Authorization": f"Bearer {key}"}, speed=speed)
    assert not sent
