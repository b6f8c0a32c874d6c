"""A service with the door of a protocol that was made up for tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from gateway.service import Service
from gateway.sources.codec import Handshake
from gateway.sources.door import SourceDoor
from tests.support.service import listening, open_test_service
from tests.support.toy_source import join, toy_door


@dataclass
class Toy:
    """A service with the toy's door."""

    service: Service
    port: int
    key: str
    handshakes: list[Handshake] = field(default_factory=list[Handshake])

    def connect(self, path: str = "/ingest/toy", key: str | None = "", **more: Any) -> connect:
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.key}"
        return connect(f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, proxy=None, **more)

    async def log(self, call_id: str) -> Sequence[Any]:
        return [envelope.event for envelope in await self.service.store.envelopes(call_id)]

    def remarks(self) -> Mapping[str, float]:
        family = next(one for one in self.service.metrics.registry.collect() if one.name == "livecue_source_remarks")
        return {one.labels["code"]: one.value for one in family.samples if one.name.endswith("_total")}


@asynccontextmanager
async def toy(
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    door: SourceDoor | None = None,
    is_key: Callable[[str | None], Awaitable[bool]] | None = None,
    **more: Any,
) -> AsyncGenerator[Toy]:
    handshakes: list[Handshake] = []
    chosen = door or toy_door(seen=handshakes.append, wants_events=True)
    monkeypatch.setattr("gateway.doors.source_doors", lambda: (chosen,))
    async with open_test_service(directory, **more) as service:
        key = await service.accounts.add_key("pbx")
        if is_key is not None:
            monkeypatch.setattr(service.accounts, "is_key", is_key)
        async with listening(service) as port:
            yield Toy(service, port, key, handshakes)


async def heard(connection: ClientConnection, beginning: str) -> str:
    """The next text that begins so."""
    async for message in connection:
        if str(message).startswith(beginning):
            return str(message)
    raise AssertionError(f"closed before {beginning}")


async def opened(connection: ClientConnection, *args: Any, **more: Any) -> str:
    """The id of the call that was joined."""
    await connection.send(join(*args, **more))
    return (await heard(connection, "joined")).split()[1]
