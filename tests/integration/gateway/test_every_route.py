"""Every route of the application, asked by everybody, over a real server with calls of two teams.

What each of them gets is said in ``tests/support/access_table.py``; what a route is asked with is said here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from assist.stores.accounts import Role
from gateway.app import create_app
from gateway.auth import SESSION_COOKIE
from gateway.reviews import DRAW
from gateway.service import Service
from tests.support.access_table import Cell, Row, rows
from tests.support.service import PASSWORD, PLAYBOOK, listening, open_test_service, play

CARD = """\
name: service
version: 1
title: 服务评分表
playbook: small
sections: [{id: service, title: 服务, items: [{id: solving, title: 解决问题, weight: 1}]}]
"""
CALLS = {"ours": "1001", "theirs": "2001"}
"""The calls and their agents."""

PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "agent": ("agent", "1001"),
    "mate": ("agent", "1002"),
    "lead": ("supervisor", None),
    "qa": ("qa", None),
    "spare": ("supervisor", None),
    "train": ("trainer", None),
    "qlead": ("qa-lead", None),
    "admin": ("admin", None),
}
PATH_VALUES = {
    "prompt_id": "no-prompt",
    "note_id": "no-such-note",
    "search_id": 999,
    "name": "small",
    "which": "file",
    "playbook": "small",
    "experiment": "none",
    "review_id": "none",
    "calibration_id": "none",
    "drill_id": "none",
    "expected_id": "0" * 32,
    "step": "take",
    "path": "calls",
}
Seen = Callable[[httpx.Response], Cell]


def of_names(answer: httpx.Response) -> Cell:
    """By the names of the calls or of their agents in an answer."""
    found = [call for call, agent in CALLS.items() if f'"{call}"' in answer.text or f'"{agent}"' in answer.text]
    return which(found, answer.text)


def of_table(answer: httpx.Response) -> Cell:
    return which([call for call in CALLS if f"\n{call}," in answer.text], answer.text)


def of_number(answer: httpx.Response) -> Cell:
    return number(answer.json()["calls"])


def of_replay(answer: httpx.Response) -> Cell:
    """By how many calls were replayed."""
    return number(json.loads(answer.text.splitlines()[0])["of"])


def number(calls: int) -> Cell:
    cells: Sequence[Cell] = ("none", "ours", "both")
    return cells[calls]


def which(calls: list[str], text: str) -> Cell:
    assert calls in ([], ["ours"], ["ours", "theirs"]), text
    return number(len(calls))


@dataclass(frozen=True)
class Ask:
    """With what a route is asked; nothing: a GET without parameters."""

    body: Any = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    path: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Beside, or in place of, PATH_VALUES."""
    seen: Seen | None = None
    """Which calls an answer holds; None: the route has nothing to do with calls, or is asked for each of them."""
    call_in_body: bool = False


WRAP_UP = {"text": "小结", "language": "zh", "disposition": {"reason": "billing", "result": "resolved"}}
ASKS: Mapping[str, Ask] = {
    "POST /api/v1/session": Ask({"name": "agent", "password": PASSWORD}),
    "GET /api/v1/calls": Ask(seen=of_names),
    "POST /api/v1/calls/{call_id}/prompts/{prompt_id}/outcomes": Ask({"outcome": "accepted"}),
    "POST /api/v1/calls/{call_id}/results": Ask({"result": "sold"}),
    "POST /api/v1/calls/{call_id}/kept-promises": Ask({"made_in": "ours", "promise_id": "none"}),
    "POST /api/v1/calls/{call_id}/legs": Ask({"exchanged": True}),
    "POST /api/v1/calls/{call_id}/corrections": Ask({"utterance_id": "customer-1", "text": "流量不够用了"}),
    "POST /api/v1/calls/{call_id}/notes": Ask({"note_id": "note-0001", "at_ms": 0, "text": "好"}),
    "POST /api/v1/calls/{call_id}/reveal": Ask({"seqs": [1], "reason": "客户要求更正"}),
    "POST /api/v1/calls/{call_id}/wrap-up": Ask(WRAP_UP),
    "GET /api/v1/archive": Ask(seen=of_names),
    "GET /api/v1/archive/count": Ask(seen=of_number),
    "GET /api/v1/archive/choices": Ask(seen=of_names),
    "GET /api/v1/archive/export": Ask(seen=of_table),
    "POST /api/v1/archive/searches": Ask({"name": "流量", "question": {"q": "流量"}}),
    "GET /api/v1/corrections": Ask(seen=of_names),
    "GET /api/v1/reports/{name}": Ask(params={"by": "agent"}, path={"name": "service"}, seen=of_names),
    "GET /api/v1/playbooks/{name}/diff": Ask(params={"before": "file", "after": "file"}),
    "PUT /api/v1/playbooks/{name}/draft": Ask({"text": PLAYBOOK, "base": 1, "after": 7}),
    "DELETE /api/v1/playbooks/{name}/draft": Ask(params={"after": 7}),
    "POST /api/v1/playbooks/{name}/versions": Ask({"text": "name: small\n", "base": 1}),
    "POST /api/v1/playbooks/{name}/rollback": Ask({"number": 99, "base": 1}),
    "POST /api/v1/playbooks/{name}/check": Ask({"text": PLAYBOOK}),
    "POST /api/v1/playbooks/{name}/try": Ask({"text": PLAYBOOK}, call_in_body=True),
    "POST /api/v1/playbooks/{name}/replay": Ask({"text": PLAYBOOK}, seen=of_replay),
    "POST /api/v1/experiments/{playbook}/{experiment}/decisions": Ask({"decision": "mute", "reason": "测试"}),
    "GET /api/v1/reviews": Ask(seen=of_names),
    "POST /api/v1/reviews": Ask({}, call_in_body=True),
    "POST /api/v1/reviews/draws": Ask({"day": "2999-01-01"}),
    "POST /api/v1/calibrations": Ask({"reviewer_ids": ["nobody", "somebody"]}, call_in_body=True),
    "GET /api/v1/rule-precision": Ask(params={"playbook": "small"}),
    "POST /api/v1/expected-calls": Ask({"call": "pbx-1"}),
    "PUT /api/v1/teams/{name}": Ask({"agents": ["3001"]}, path={"name": "nights"}),
    "DELETE /api/v1/teams/{name}": Ask(path={"name": "no-team"}),
    "POST /api/v1/legal-holds": Ask({"kind": "call", "subject": "held", "reason": "诉讼"}),
    "DELETE /api/v1/legal-holds/{hold_id}": Ask(path={"hold_id": "none"}),
    "GET /api/v1/erasures": Ask(params={"kind": "customer", "subject": "nobody"}),
    "POST /api/v1/erasures": Ask({"kind": "customer", "subject": "nobody", "confirm": "nobody", "reason": "请求"}),
}


# --- the world -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A running server, calls of two teams, and everybody at the door."""

    app: FastAPI
    port: int
    clients: Mapping[str, httpx.AsyncClient]
    headers: Mapping[str, Mapping[str, str]]
    """How each of them comes to a socket."""
    judged: asyncio.Queue[bool]
    """Whether each key that was looked up opens the door."""


@asynccontextmanager
async def world_of(directory: Path) -> AsyncGenerator[World]:
    (directory / "web").mkdir()
    (directory / "web" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (directory / "playbooks" / "scorecards").mkdir(parents=True)
    (directory / "playbooks" / "scorecards" / "small.yaml").write_text(CARD, encoding="utf-8")
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(open_test_service(directory, masks_calls=True))
        judged = listen_to_keys(service)
        app = create_app(service, static_dir=directory / "web")
        port = await stack.enter_async_context(listening(service, app=app))
        await settle(service)
        headers = {"anon": dict[str, str](), "key": {"x-api-key": await service.accounts.add_key("pbx")}}
        for name in PEOPLE:
            token = (await service.accounts.log_in(name, PASSWORD, address="")).token
            headers[name] = {"cookie": f"{SESSION_COOKIE}={token}"}
        origin = f"http://127.0.0.1:{port}"
        clients = {
            name: await stack.enter_async_context(httpx.AsyncClient(base_url=origin, headers=header, timeout=60))
            for name, header in headers.items()
        }
        yield World(app, port, clients, headers, judged)


def listen_to_keys(service: Service) -> asyncio.Queue[bool]:
    """What the accounts say of each key from now on."""
    judged: asyncio.Queue[bool] = asyncio.Queue()
    is_key = service.accounts.is_key

    async def watched(key: str | None) -> bool:
        is_good = await is_key(key)
        judged.put_nowait(is_good)
        return is_good

    setattr(service.accounts, "is_key", watched)  # noqa: B010 -- the method of this one object
    return judged


async def settle(service: Service) -> None:
    """Accounts, teams, and calls, each of them waiting for a reviewer."""
    for name, (role, agent_id) in PEOPLE.items():
        await service.accounts.add_user(name, role, password=PASSWORD, agent_id=agent_id)
    await service.teams.put("early", agents=["1001", "1002"], people=["lead", "qa"], by="root")
    await service.teams.put("late", agents=["2001"], people=[], by="root")
    await service.records.hold("call", "held", reason="诉讼", by="root")
    for call_id, agent_id in CALLS.items():
        await play(service, call_id, agent_id=agent_id)
        call = await service.store.summary(call_id)
        assert call is not None
        await service.reviews.choose(call, DRAW, card=None, reviewer=None)


# --- what is asked -------------------------------------------------------------------------------------------------


def routes_of(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of every route, those of included routers too; HEAD goes with GET."""
    for route in routes:
        candidates = getattr(route, "effective_candidates", None)
        if candidates is not None:
            yield from routes_of(candidates())
            continue
        socket = getattr(route, "original_route", None)
        path: str = getattr(route, "path", "") or getattr(socket, "path", "")
        methods: set[str] = getattr(route, "methods", None) or {"WS"}
        yield from ((method, path) for method in sorted(methods) if method != "HEAD")


async def answered(client: httpx.AsyncClient, row: Row, ask: Ask, call_id: str = "") -> httpx.Response:
    path = row.path.replace("{path:path}", "{path}").format(**{**PATH_VALUES, **ask.path, "call_id": call_id})
    body = {**ask.body, "call_id": call_id} if ask.call_in_body else ask.body
    return await client.request(row.method, path, json=body, params=dict(ask.params))


async def cell_of(client: httpx.AsyncClient, row: Row, *, refused: int) -> Cell:
    """What a person gets from a route."""
    ask = ASKS.get(row.name, Ask())
    if not ask.call_in_body and "{call_id}" not in row.path:
        answer = await answered(client, row, ask)
        if answer.status_code == refused != row.status:
            return "-"
        assert answer.status_code == row.status, answer.text
        return ask.seen(answer) if ask.seen else "yes"
    found: list[str] = []
    for call_id in CALLS:
        answer = await answered(client, row, ask, call_id)
        assert answer.status_code in (row.status, refused), answer.text
        if answer.status_code == row.status:
            found.append(call_id)
        elif "permission" in answer.json()["error"]["message"] or refused == 401:
            return "-"
    return which(found, "")


async def desk_of(world: World, person: str) -> Cell:
    """By which calls can be followed."""
    found: list[str] = []
    url = f"ws://127.0.0.1:{world.port}/desk/v1"
    async with connect(url, additional_headers=world.headers[person], proxy=None) as connection:
        for call_id in CALLS:
            if json.loads(await connection.recv())["type"] == "error":
                return "-"
            await connection.send(json.dumps({"type": "subscribe", "call_id": call_id}))
            while (message := json.loads(await connection.recv()))["type"] not in ("snapshot", "error"):
                pass
            if message["type"] == "snapshot":
                found.append(call_id)
            else:
                assert message["code"] == "not-permitted", message
            await connection.send(json.dumps({"type": "ping", "id": "next"}))
    return which(found, "")


async def ingest_of(world: World, person: str, path: str = "/ingest/v1") -> Cell:
    """Whether somebody may bring calls like this."""
    url = f"ws://127.0.0.1:{world.port}{path}"
    async with connect(url, additional_headers=world.headers[person], proxy=None) as connection:
        with suppress(ConnectionClosed):  # somebody who was turned away may be gone already
            await connection.send(json.dumps({"type": "ping", "id": "x"}))
        message = json.loads(await connection.recv())
    return "-" if message.get("code") == "not-authenticated" else "yes"


async def source_of(world: World, person: str, path: str) -> Cell:
    """Whether somebody may bring calls as a phone platform does: it is let in first, and asked for its key then."""
    while not world.judged.empty():
        world.judged.get_nowait()
    url = f"ws://127.0.0.1:{world.port}{path.replace('{rest:path}', 'rest')}"
    async with connect(url, additional_headers=world.headers[person], proxy=None) as connection:
        if await world.judged.get():
            return "yes"
        await connection.wait_closed()
        assert connection.close_code == 4401
    return "-"


LAST = ("DELETE /api/v1/session", "POST /api/v1/session")
"""Who was asked for these is nobody, or somebody else."""

SOCKETS = {
    "/desk/v1": desk_of,
    "/ingest/v1": ingest_of,
    "/softphone/v1": partial(ingest_of, path="/softphone/v1"),
    "/softphone/v1/room": partial(ingest_of, path="/softphone/v1/room"),
}


# --- tests ---------------------------------------------------------------------------------------------------------


async def test_everybody_gets_what_the_table_says(tmp_path: Path) -> None:
    wrong: list[str] = []
    async with world_of(tmp_path) as world:
        for row in sorted(rows(), key=lambda row: LAST.index(row.name) if row.name in LAST else -1):
            for person, expected in row.cells.items():
                try:
                    if row.method == "WS":
                        ask_at = SOCKETS.get(row.path, partial(source_of, path=row.path))
                        found = await ask_at(world, person)
                    else:
                        found = await cell_of(world.clients[person], row, refused=401 if person == "anon" else 403)
                except AssertionError as error:
                    wrong.append(f"{row.name} by {person}: {error}")
                    continue
                if found != expected:
                    wrong.append(f"{row.name} by {person}: {found} in place of {expected}")
    assert not wrong, "\n".join(wrong)


async def test_every_route_has_a_row_and_every_row_a_route(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        routes = sorted(f"{method} {path}" for method, path in routes_of(create_app(service).routes))
    assert routes == sorted(row.name for row in rows())
    assert set(ASKS) <= set(routes)


def test_a_row_that_lacks_a_cell_is_an_error() -> None:
    with pytest.raises(ValueError, match="has the cells"):
        list(rows(f"route status {' '.join(next(rows()).cells)}\nGET /x 200 yes"))
