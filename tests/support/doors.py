"""A real server on a free port with the two websocket doors in front of a real supervisor."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from assist.buses.memory import MemoryBus
from assist.ledger import settle
from assist.messages import AudioGap, Leg, LegLedger, Party, Term
from assist.ports import AudioSource, LaneSink, Pace, Transcriber
from assist.stores.accounts import User
from assist.supervisor import Supervisor, SupervisorLimits
from gateway.desk import DeskLimits, ServerInfo, serve_desk
from gateway.ingest import IngestLimits, serve_ingest
from gateway.phone.switchboard import Switchboard
from gateway.seen_calls import SeenCalls
from gateway.sessions import WatchedSession
from tests.support.fakes import FakeAudioStore, FakeStore, SilentAnalyser, plain_playbook, ticking_clock

KEY = "a-key"
STEREO_MEDIA: dict[str, Any] = {"encoding": "pcm_s16le", "rate_hz": 8000, "channels": ["agent", "customer"]}


def user(role: Any = "supervisor", agent_id: str | None = None) -> User:
    return User(
        user_id=f"user-{agent_id or role}",
        name=agent_id or role,
        display_name=f"display name of {agent_id or role}",
        role=role,
        agent_id=agent_id,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        disabled=False,
    )


USERS: Mapping[str, User] = {
    "supervisor": user(),
    "agent-1001": user("agent", "1001"),
    "agent-1002": user("agent", "1002"),
}


class HearingTranscriber:
    """Recognises nothing and remembers every byte, by call and party; gaps are remembered as their length."""

    name = "ear@1"

    def __init__(self) -> None:
        self.heard: dict[tuple[str, Party], bytes] = {}
        self.gaps_ms: dict[tuple[str, Party], int] = {}

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> HearingLane:
        return HearingLane(self, call_id, leg)


class HearingLane:
    def __init__(self, ear: HearingTranscriber, call_id: str, leg: Leg) -> None:
        self._ear = ear
        self._key: tuple[str, Party] = (call_id, leg.party)
        self._leg = leg

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        pcm, gaps = bytearray(), list[AudioGap]()
        while (item := await audio.receive()) is not None:
            if isinstance(item, AudioGap):
                gaps.append(item)
            else:
                pcm += item.pcm
            self._ear.heard[self._key] = bytes(pcm)
        gaps_ms = sum(gap.end_ms - gap.start_ms for gap in gaps)
        self._ear.gaps_ms[self._key] = gaps_ms
        end_ms = len(pcm) // 2 * 1000 // self._leg.rate_hz + gaps_ms
        sink.progress(end_ms)
        return settle(self._leg.party, end_ms, gaps, transcribed_ms=0, heard_until_ms=end_ms)


@dataclass
class CountingMetrics:
    """Implements the metrics of both doors."""

    open_sockets: int = 0
    audio_bytes: int = 0
    superseded_count: int = 0
    errors: list[str] = field(default_factory=list[str])

    def connected(self) -> None:
        self.open_sockets += 1

    def disconnected(self) -> None:
        self.open_sockets -= 1

    def received(self, audio_bytes: int) -> None:
        self.audio_bytes += audio_bytes

    def failed(self, code: str) -> None:
        self.errors.append(code)

    def superseded(self, count: int) -> None:
        self.superseded_count += count


class ListeningServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


class Doors:
    """What a test needs of a running server."""

    def __init__(self, spool: Path, transcriber: Transcriber, bus: MemoryBus, limits: SupervisorLimits) -> None:
        self.store, self.audio_store, self.bus = FakeStore(), FakeAudioStore(), bus
        self.spool = spool
        self.metrics = CountingMetrics()
        playbook = plain_playbook()
        self.supervisor = Supervisor(
            transcriber=transcriber,
            analysers=(SilentAnalyser(),),
            playbook=lambda _: playbook,
            store=self.store,
            audio_store=self.audio_store,
            bus=self.bus,
            spool_dir=spool,
            now=ticking_clock(),
            limits=limits,
        )
        self.session_ended = asyncio.Event()
        self.port = 0

    @property
    def ingest_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ingest/v1"

    def app(self, ingest: IngestLimits, desk: DeskLimits) -> FastAPI:
        app = FastAPI()
        switchboard = Switchboard(self.supervisor)

        async def is_key(key: str | None) -> bool:
            return key == KEY

        async def is_assigned(_call_id: str, _user_id: str) -> bool:
            return False

        @app.websocket("/ingest/v1")
        async def ingest_door(websocket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
            await serve_ingest(
                websocket,
                supervisor=self.supervisor,
                authenticate=is_key,
                store=self.store,
                bus=self.bus,
                turn=switchboard.turn,
                metrics=self.metrics,
                limits=ingest,
            )

        @app.websocket("/desk/v1/{name}")
        async def desk_door(websocket: WebSocket, name: str) -> None:  # pyright: ignore[reportUnusedFunction]
            await serve_desk(
                websocket,
                session=WatchedSession(USERS[name], self.session_ended),
                seen=SeenCalls(self.supervisor, self.store, is_assigned),
                bus=self.bus,
                metrics=self.metrics,
                limits=desk,
                server=ServerInfo("livecue", "test"),
            )

        return app

    @asynccontextmanager
    async def ingest(self, *, key: str | None = KEY, query: str = "") -> AsyncGenerator[Peer]:
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        async with connect(self.ingest_url + query, additional_headers=headers, proxy=None) as connection:
            yield Peer(connection)

    @asynccontextmanager
    async def desk(self, name: str = "supervisor") -> AsyncGenerator[Peer]:
        async with connect(f"ws://127.0.0.1:{self.port}/desk/v1/{name}", proxy=None) as connection:
            yield Peer(connection)


class Peer:
    """The other end of a door, message by message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def audio(self, data: bytes) -> None:
        await self.connection.send(data)

    async def receive(self) -> dict[str, Any]:
        return json.loads(await self.connection.recv())

    async def expect(self, kind: str) -> dict[str, Any]:
        """The next message of this type; others on the way are skipped, an unexpected error is not."""
        while True:
            message = await self.receive()
            if message["type"] == kind:
                return message
            assert message["type"] != "error", message

    async def open(self, **fields: Any) -> dict[str, Any]:
        await self.send("open", **({"version": 1, "media": STEREO_MEDIA} | fields))
        return await self.expect("opened")

    async def expect_error(self, code: str, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a message and take the error it is answered with."""
        await self.send(kind, **fields)
        while (message := await self.receive())["type"] != "error":
            pass
        assert message["code"] == code, message
        return message

    async def rest(self) -> list[dict[str, Any]]:
        """Everything up to the end of the connection."""
        return [json.loads(text) async for text in self.connection]

    async def close_code(self) -> int:
        """Read to the end of the connection."""
        with suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code

    def cut(self) -> None:
        """Lose the connection without a word."""
        self.connection.transport.abort()


@asynccontextmanager
async def open_doors(
    spool: Path,
    *,
    transcriber: Transcriber | None = None,
    limits: SupervisorLimits | None = None,
    ingest: IngestLimits | None = None,
    desk: DeskLimits | None = None,
    bus: MemoryBus | None = None,
    max_frame_bytes: int = 1 << 20,
) -> AsyncGenerator[Doors]:
    """Serve on a free port; on the way out every call is closed and no task may be left."""
    before = asyncio.all_tasks()
    doors = Doors(spool, transcriber or HearingTranscriber(), bus or MemoryBus(), limits or SupervisorLimits())
    app = doors.app(ingest or IngestLimits(), desk or DeskLimits())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        doors.port = listener.getsockname()[1]
        config = uvicorn.Config(
            app, ws="websockets-sansio", ws_max_size=max_frame_bytes, lifespan="off", log_config=None, access_log=False
        )
        server = ListeningServer(config)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[listener]), name="server")
            group.create_task(doors.supervisor.run(), name="supervisor")
            await doors.supervisor.started()
            await server.listening.wait()
            try:
                yield doors
            finally:
                await doors.supervisor.stop()
                await doors.bus.close()
                server.should_exit = True
                await serving
    assert asyncio.all_tasks() == before
    assert doors.metrics.open_sockets == 0
