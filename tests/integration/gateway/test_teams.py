"""Teams: made over REST and by commands, and what they change for those who are logged in."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result
from websockets.asyncio.client import ClientConnection, connect

from assist.messages import Agent
from assist.remarks import Author, left_before, note_left
from assist.stores.accounts import Role
from assist.supervisor import CallRequest
from gateway.auth import SESSION_COOKIE
from gateway.cli import app
from gateway.reviews import DRAW
from gateway.service import Service
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.service import PASSWORD, http_client, listening, log_in, open_test_service, play

EARLY: dict[str, Any] = {"agents": ["1001"], "people": ["supervisor"]}
PRIVATE = (Said("customer", 200, 900, "我的手机号是一三八零零零零一二三四"),)


SCORECARD = """\
name: service
version: 1
title: 服务评分表
playbook: small
sections:
  - {id: service, title: 服务, items: [{id: solving, title: 解决问题, weight: 60, guidance: 一次解决得分}]}
"""


async def listed(client: httpx.AsyncClient) -> list[str]:
    return sorted(row["call_id"] for row in (await client.get("/api/v1/calls")).json()["calls"])


async def test_an_admin_makes_lists_and_removes_teams(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.accounts.add_user("supervisor", "supervisor", password=PASSWORD)
        await log_in(client, service, "admin")
        made = await client.put("/api/v1/teams/早班", json=EARLY)
        shown = (await client.get("/api/v1/teams")).json()
        again = await client.put("/api/v1/teams/早班", json={"agents": []})
        removed = await client.delete("/api/v1/teams/早班")
        missing = await client.delete("/api/v1/teams/早班")
    assert made.json() == {"name": "早班", "agents": ["1001"], "people": ["supervisor"]}
    assert shown == {"teams": [made.json()]}
    assert again.json() == {"name": "早班", "agents": [], "people": []}
    assert (removed.status_code, missing.status_code, missing.json()["error"]["code"]) == (204, 404, "unknown-team")


@pytest.mark.parametrize(
    ("people", "status", "code"), [(["nobody"], 404, "unknown-user"), (["trainer"], 400, "not-of-teams")]
)
async def test_a_team_is_seen_by_supervisors_and_qa_alone(
    tmp_path: Path, people: list[str], status: int, code: str
) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.accounts.add_user("trainer", "trainer", password=PASSWORD)
        await log_in(client, service, "admin")
        answer = await client.put("/api/v1/teams/早班", json={"agents": [], "people": people})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("role", ["supervisor", "qa"])
async def test_a_session_that_goes_on_sees_the_calls_of_its_new_team(tmp_path: Path, role: Role) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role)
        await play(service, "ours", agent_id="1001")
        await play(service, "theirs", agent_id="1002")
        before = await listed(client)
        await service.teams.put("早班", agents=["1001"], people=[role], by="admin")
        after = await listed(client)
        refused = await client.get("/api/v1/calls/theirs")
        found = (await client.get("/api/v1/archive")).json()["calls"]
    assert (before, after) == (["ours", "theirs"], ["ours"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not-permitted")
    assert [row["document"]["call_id"] for row in found] == ["ours"]


def with_scorecard(directory: Path) -> Path:
    cards = directory / "playbooks" / "scorecards"
    cards.mkdir(parents=True)
    (cards / "service.yaml").write_text(SCORECARD, encoding="utf-8")
    return directory


async def assign(service: Service, call_id: str, name: str) -> None:
    """Have a call reviewed by the user of this name."""
    call = await service.store.summary(call_id)
    assert call is not None
    user = next(user for user in await service.accounts.users() if user.name == name)
    await service.reviews.choose(call, DRAW, card=None, reviewer=(user.user_id, user.name))


async def test_a_call_of_another_team_is_seen_by_whom_it_is_assigned_to(tmp_path: Path) -> None:
    async with open_test_service(with_scorecard(tmp_path)) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "theirs", agent_id="1002")
        await service.teams.put("早班", agents=["1001"], people=["qa"], by="admin")
        before = await listed(client)
        await assign(service, "theirs", "qa")
        after = await listed(client)
        read = await client.get("/api/v1/calls/theirs")
        found = (await client.get("/api/v1/archive", params={"q": "流量"})).json()["calls"]
    assert (before, after, read.status_code) == ([], ["theirs"], 200)
    assert [row["document"]["call_id"] for row in found] == ["theirs"]


# --- desks ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def desk(service: Service, port: int, *, role: Role, **account: Any) -> AsyncGenerator[ClientConnection]:
    await service.accounts.add_user(role, role, password=PASSWORD, **account)
    token = (await service.accounts.log_in(role, PASSWORD, address="")).token
    url, cookie = f"ws://127.0.0.1:{port}/desk/v1", {"Cookie": f"{SESSION_COOKIE}={token}"}
    async with connect(url, additional_headers=cookie, proxy=None) as connection:
        yield connection


reviewing = partial(desk, role="qa")
supervised = partial(desk, role="supervisor")
trained = partial(desk, role="trainer")
of_agent = partial(desk, role="agent", agent_id="1001")


async def expect(connection: ClientConnection, kind: str) -> dict[str, Any]:
    while (message := json.loads(await connection.recv()))["type"] != kind:
        assert message["type"] != "error", message
    return message


async def follow(connection: ClientConnection, call_id: str, **fields: Any) -> None:
    await connection.send(json.dumps({"type": "subscribe", "call_id": call_id, **fields}))


@asynccontextmanager
async def live_call(service: Service, call_id: str = "c1", agent_id: str = "1001") -> AsyncGenerator[None]:
    """A call whose customer has told a number, and that goes on inside the block."""
    request = CallRequest(source="test", legs=STEREO, call_id=call_id, agent=Agent(agent_id=agent_id), pace="replay")
    handle = service.supervisor.open(request)
    for start_ms in range(0, 2_000, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
    try:
        yield
    finally:
        handle.close()
        await handle.closed()


@asynccontextmanager
async def private_service(directory: Path) -> AsyncGenerator[tuple[Service, int]]:
    transcriber = ScriptedTranscriber(PRIVATE)
    opened = open_test_service(directory, transcriber=transcriber, masks_calls=True)
    async with opened as service, listening(service) as port:
        yield service, port


async def test_an_open_desk_follows_when_teams_change(tmp_path: Path) -> None:
    opened = private_service(tmp_path)
    async with opened as (service, port), live_call(service), supervised(service, port) as connection:
        await follow(connection, "c1")
        await expect(connection, "snapshot")
        await service.teams.put("晚班", agents=["1002"], people=["supervisor"], by="admin")
        await service.sessions.look()
        await follow(connection, "c1")
        error = await expect(connection, "error")
    assert error["code"] == "not-permitted"


async def test_a_followed_call_is_left_when_its_agent_is_of_the_team_no_more(tmp_path: Path) -> None:
    async with private_service(tmp_path) as (service, port), supervised(service, port) as connection:
        async with live_call(service):
            await follow(connection, "c1")
            await expect(connection, "snapshot")
            await service.teams.put("晚班", agents=["1002"], people=["supervisor"], by="admin")
            await service.sessions.look()
        error = await expect(connection, "error")
    assert error["code"] == "not-permitted"


async def test_a_call_of_another_team_is_followed_by_whom_it_is_assigned_to(tmp_path: Path) -> None:
    opened = open_test_service(with_scorecard(tmp_path))
    async with opened as service, listening(service) as port, reviewing(service, port) as connection:
        await play(service, "theirs", agent_id="1002")
        await service.teams.put("早班", agents=["1001"], people=["qa"], by="admin")
        await service.sessions.look()
        await follow(connection, "theirs")
        refused = await expect(connection, "error")
        await assign(service, "theirs", "qa")
        await follow(connection, "theirs")
        shown = await expect(connection, "snapshot")
        author = Author(user_id="u-qa", name="qa")
        await service.supervisor.record(
            "theirs", lambda view: note_left(view, "note-0001", 0, "再听一遍", author), left_before
        )
        noted = await expect(connection, "events")
    assert (refused["code"], shown["call_id"]) == ("not-permitted", "theirs")
    assert noted["envelopes"][-1]["event"]["text"] == "再听一遍"


async def test_words_of_a_live_call_are_not_for_those_who_may_not_look_behind_masks(tmp_path: Path) -> None:
    opened = private_service(tmp_path)
    async with opened as (service, port), live_call(service), trained(service, port) as connection:
        calls = await expect(connection, "calls")
        await follow(connection, "c1")
        error = await expect(connection, "error")
    assert (calls["calls"], error["code"]) == ([], "not-permitted")


async def test_a_call_that_is_over_comes_from_the_store_though_the_bus_remembers_it(tmp_path: Path) -> None:
    async with private_service(tmp_path) as (service, port), of_agent(service, port) as connection:
        async with live_call(service):
            pass
        await follow(connection, "c1", after=0)
        said = await expect(connection, "events")
    assert "我的手机号是一三八" in json.dumps(said, ensure_ascii=False)
    assert "零零零零" not in json.dumps(said, ensure_ascii=False)


# --- commands ------------------------------------------------------------------------------------------------------


def livecue(directory: Path, *words: str) -> Result:
    return CliRunner().invoke(app, words, env={"LIVECUE_DATA_DIR": str(directory)})


def test_teams_by_commands(tmp_path: Path) -> None:
    livecue(tmp_path, "users", "add", "lin", "--role", "qa")
    made = livecue(tmp_path, "teams", "set", "早班", "--agent", "1001", "--agent", "1002", "--person", "lin")
    rows = livecue(tmp_path, "teams", "list", "--json").stdout.splitlines()
    table = livecue(tmp_path, "teams", "list").stdout
    removed = livecue(tmp_path, "teams", "remove", "早班")
    assert (made.exit_code, removed.exit_code) == (0, 0)
    assert [json.loads(row) for row in rows] == [{"name": "早班", "agents": ["1001", "1002"], "people": ["lin"]}]
    assert "1001, 1002" in table
    assert livecue(tmp_path, "teams", "list", "--json").stdout == ""
    assert getattr(livecue(tmp_path, "teams", "remove", "早班").exception, "code", None) == "unknown-team"
