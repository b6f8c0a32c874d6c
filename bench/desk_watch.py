"""A desk that watches calls over its own socket, as an agent's browser does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from assist.messages import Envelope
from bench.child_server import ChildServer
from gateway.desk_messages import Events, Subscribe
from gateway.settings import Settings
from gateway.wiring import open_accounts

WATCHER = "bench"


async def desk_cookie(server: ChildServer, data_dir: Path) -> str:
    """Add a supervisor to the server's accounts and log in; the header that a browser would send."""
    async with open_accounts(Settings(data_dir=data_dir, store="")) as accounts:
        user, password = await accounts.add_user(WATCHER, "supervisor")
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        answer = await http.post("/api/v1/session", json={"name": user.name, "password": password})
        answer.raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


async def watch_call(server: ChildServer, cookie: str, call_id: str, hear: Callable[[float, Envelope], None]) -> None:
    """Tell every envelope of a call and the ``loop.time()`` at which it came, until cancelled."""
    loop = asyncio.get_running_loop()
    url = f"ws{server.url.removeprefix('http')}/desk/v1"
    async with connect(url, additional_headers={"Cookie": cookie}, proxy=None, max_size=None) as socket:
        await socket.send(Subscribe(call_id=call_id, after=0).model_dump_json())
        async for text in socket:
            at_s = loop.time()
            message = json.loads(text)
            if message["type"] == "events":
                for envelope in Events.model_validate(message).envelopes:
                    hear(at_s, envelope)
