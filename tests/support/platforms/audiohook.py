"""Genesys AudioHook version 2 as the vendor's reference client speaks it: its headers, its messages, its timers.

After ``open`` it waits 5 s for ``opened``; it pings 1 s after that, again at the first pong and then every 5 s, sends
µ-law of both parties in messages of 200 ms, ``external`` first, and waits 10 s for ``closed``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.platforms import TwoParties, paced, pieces_of

PATH = "/ingest/audiohook"
API_KEY = "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh"
CLIENT_SECRET = "TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU="
FRAME_S = 0.2
OPENED_WITHIN_S = 5.0
CLOSED_WITHIN_S = 10.0
FIRST_PING_S = 1.0
PING_EVERY_S = 5.0
NIL_UUID = "00000000-0000-0000-0000-000000000000"

COMPONENTS = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)


def pcmu(*channels: str) -> dict[str, Any]:
    return {"type": "audio", "format": "PCMU", "channels": list(channels), "rate": 8000}


MEDIA: Sequence[Mapping[str, Any]] = (pcmu("external", "internal"), pcmu("external"), pcmu("internal"))


def duration(length_s: float) -> str:
    """As JavaScript writes a number of seconds."""
    return f"PT{length_s:.9f}".rstrip("0").rstrip(".") + "S"


def id_headers(organization_id: str, session_id: str, correlation_id: str, api_key: str) -> dict[str, str]:
    return {
        "Audiohook-Organization-Id": organization_id,
        "Audiohook-Session-Id": session_id,
        "Audiohook-Correlation-Id": correlation_id,
        "X-API-KEY": api_key,
    }


def signed(
    url: str,
    headers: Mapping[str, str],
    client_secret: str = CLIENT_SECRET,
    *,
    created: int | None = None,
    lifetime_s: int | None = 30,
    nonce: str | None = None,
    keyid: str | None = None,
    components: Sequence[str] = COMPONENTS,
    label: str = "sig1",
    parameters: str | None = None,
) -> dict[str, str]:
    """``Signature-Input`` and ``Signature`` of a request, built line by line from the draft."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    values = {name.lower(): value for name, value in headers.items()}
    values |= {"@request-target": target, "@authority": parts.netloc}
    created = int(time.time()) if created is None else created
    keyid = values["x-api-key"] if keyid is None else keyid
    nonce = secrets.token_urlsafe(16) if nonce is None else nonce
    if parameters is None:
        parameters = f';keyid="{keyid}";nonce="{nonce}";alg="hmac-sha256";created={created}'
        parameters += f";expires={created + lifetime_s}" if lifetime_s is not None else ""
    covered = "(" + " ".join(f'"{name}"' for name in components) + ")" + parameters
    lines = [f'"{name}": {values[name]}' for name in components] + [f'"@signature-params": {covered}']
    digest = hmac.new(b64decode(client_secret), "\n".join(lines).encode(), hashlib.sha256).digest()
    return {"Signature-Input": f"{label}={covered}", "Signature": f"{label}=:{b64encode(digest).decode()}:"}


@dataclass
class AudioHookStream:
    """Builds the messages of one session; numbers and positions are its own."""

    session_id: str = field(default_factory=lambda: str(uuid4()))
    organization_id: str = field(default_factory=lambda: str(uuid4()))
    conversation_id: str = field(default_factory=lambda: str(uuid4()))
    seq: int = 0
    serverseq: int = 0
    position_s: float = 0.0

    def message(self, kind: str, **parameters: Any) -> str:
        self.seq += 1
        return json.dumps(
            {
                "version": "2",
                "type": kind,
                "id": self.session_id,
                "seq": self.seq,
                "serverseq": self.serverseq,
                "position": duration(self.position_s),
                "parameters": parameters,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )

    def open(self, media: Sequence[Mapping[str, Any]] = MEDIA, **parameters: Any) -> str:
        participant = {
            "id": str(uuid4()),
            "ani": "+8613800138000",
            "aniName": "张三",
            "dnis": "10086",
        }
        opening: dict[str, Any] = {
            "organizationId": self.organization_id,
            "conversationId": self.conversation_id,
            "participant": participant,
            "media": list(media),
            "language": "zh-cn",
        }
        return self.message("open", **(opening | parameters))

    def probe(self, **parameters: Any) -> str:
        nobody = {"id": NIL_UUID, "ani": "", "aniName": "", "dnis": ""}
        nothing: dict[str, Any] = {"conversationId": NIL_UUID, "participant": nobody}
        return self.open(**(nothing | parameters))

    def discarded(self, discarded_s: float) -> str:
        start_s, self.position_s = self.position_s, self.position_s + discarded_s
        return self.message("discarded", start=duration(start_s), discarded=duration(discarded_s))

    def resumed(self, discarded_s: float) -> str:
        start_s, self.position_s = self.position_s, self.position_s + discarded_s
        return self.message("resumed", start=duration(start_s), discarded=duration(discarded_s))

    def close(self, reason: str = "end") -> str:
        return self.message("close", reason=reason)


class ProtocolBrokenError(AssertionError):
    """The server did what makes the reference client give up."""


@dataclass
class AudioHookClient:
    """One session over a real socket. What the server says is checked as the reference client checks it."""

    socket: ClientConnection
    stream: AudioHookStream
    speed: float = 1.0
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    received: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    sent: int = 0

    def __post_init__(self) -> None:
        self._arrived = asyncio.Condition()
        self._pending_ping: int | None = None

    async def send(self, text: str) -> None:
        self.sent += 1
        await self.socket.send(text)

    async def read(self) -> None:
        """Take messages until the socket is closed. Raises ProtocolBrokenError."""
        try:
            async for message in self.socket:
                await self._take(message)
        except ConnectionClosed:
            pass
        async with self._arrived:
            self._arrived.notify_all()

    async def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            raise ProtocolBrokenError("415: the server sent binary")
        if len(message.encode("utf-16-le")) // 2 > 65_535:
            raise ProtocolBrokenError("413: the server's text is too long")
        found: dict[str, Any] = json.loads(message)
        if (found["version"], found["id"]) != ("2", self.stream.session_id):
            raise ProtocolBrokenError(f"400: {found}")
        if found["seq"] != self.stream.serverseq + 1:
            raise ProtocolBrokenError(f"500: {found['seq']} came after {self.stream.serverseq}")
        self.stream.serverseq = found["seq"]
        match found["type"]:
            case "event":
                self.events.append(found["parameters"]["entities"][0])
            case "pong":
                await self._hear_pong(found)
            case "disconnect":
                await self.send(self.stream.close("disconnect"))
            case "opened" | "closed" | "pause" | "resume" | "reconnect" | "updated":
                pass
            case _:
                raise ProtocolBrokenError(f"500: unknown type {found['type']}")
        async with self._arrived:
            self.received.append(found)
            self._arrived.notify_all()

    async def _hear_pong(self, pong: Mapping[str, Any]) -> None:
        if pong["clientseq"] != self._pending_ping:
            raise ProtocolBrokenError(f"400: pong {pong['clientseq']} for ping {self._pending_ping}")
        is_first = not any(found["type"] == "pong" for found in self.received)
        self._pending_ping = None
        if is_first:
            await self.ping(rtt=duration(0.0018))

    async def ping(self, **parameters: Any) -> None:
        if self._pending_ping is not None:
            raise ProtocolBrokenError(f"408: no pong for ping {self._pending_ping}")
        text = self.stream.message("ping", **parameters)
        self._pending_ping = self.stream.seq
        await self.send(text)

    async def keep_pinging(self) -> None:
        await asyncio.sleep(FIRST_PING_S / self.speed)
        await self.ping()
        while True:
            await asyncio.sleep(PING_EVERY_S / self.speed)
            await self._hear_pong_in_time()
            await self.ping()

    async def _hear_pong_in_time(self) -> None:
        """However fast a test plays, the reference client waits five seconds of its own."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PING_EVERY_S), self._arrived:
                while self._pending_ping is not None:
                    await self._arrived.wait()

    async def answer(self, kind: str, within_s: float) -> dict[str, Any]:
        """The first message of a type; raises ProtocolBrokenError when it does not come in time."""
        try:
            async with asyncio.timeout(within_s), self._arrived:
                while True:
                    for found in self.received:
                        if found["type"] == kind:
                            return found
                    await self._arrived.wait()
        except TimeoutError:
            raise ProtocolBrokenError(f"408: no {kind} within {within_s:g} s") from None

    async def open(self, text: str) -> dict[str, Any]:
        """Send ``open``; the parameters of ``opened``."""
        await self.send(text)
        return (await self.answer("opened", OPENED_WITHIN_S))["parameters"]

    async def speak(self, sound: TwoParties, *parties: Any) -> None:
        """Sound of the parties in turn, 200 ms a message."""
        frame_bytes = round(FRAME_S * sound.rate_hz) * len(parties)
        pieces = pieces_of(sound.wire("mulaw", *parties), frame_bytes)
        async for piece in paced(pieces, FRAME_S, speed=self.speed):
            await self.socket.send(piece)
            self.stream.position_s += len(piece) / len(parties) / sound.rate_hz

    async def close(self, reason: str = "end") -> dict[str, Any]:
        """Send ``close``; the whole of ``closed``."""
        await self.send(self.stream.close(reason))
        return await self.answer("closed", CLOSED_WITHIN_S)


@asynccontextmanager
async def session(
    server_url: str,
    stream: AudioHookStream | None = None,
    *,
    speed: float = 1.0,
    api_key: str = API_KEY,
    client_secret: str | None = CLIENT_SECRET,
    query: str = "",
) -> AsyncGenerator[AudioHookClient]:
    """A connection with its reader and its pings; closed as the reference client does, the client first."""
    stream = stream or AudioHookStream()
    url = server_url + PATH + query
    headers = id_headers(stream.organization_id, stream.session_id, str(uuid4()), api_key)
    signature = {} if client_secret is None else signed(url, headers, client_secret)
    async with connect(url, additional_headers=headers | signature, compression=None) as socket:
        client = AudioHookClient(socket, stream, speed)
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(client.read(), name="audiohook reader")
            pings = group.create_task(client.keep_pinging(), name="audiohook pings")
            try:
                yield client
            finally:
                pings.cancel()
                await socket.close()
                reader.cancel()


async def play(
    server_url: str,
    sound: TwoParties,
    *,
    key: str = "",
    call: str,
    speed: float = 1.0,
    config: Mapping[str, Any] | None = None,
) -> AudioHookClient:
    """A whole call; ``key`` is of no use, Genesys Cloud signs with its own. Raises ProtocolBrokenError."""
    stream = AudioHookStream(conversation_id=call)
    async with session(server_url, stream, speed=speed) as client:
        opened = await client.open(stream.open(customConfig=dict(config or {})))
        if opened["media"] != [pcmu("external", "internal")]:
            raise ProtocolBrokenError(f"400: {opened['media']} was not offered first")
        await client.speak(sound, "customer", "agent")
        await client.close()
    return client
