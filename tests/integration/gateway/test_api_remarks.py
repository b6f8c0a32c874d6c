"""Lines put right and notes over REST."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from assist.stores.accounts import Role
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO
from tests.support.service import http_client, log_in, open_test_service, play

NOTE = {"note_id": "note-0001", "at_ms": 1_700, "text": "这里听清需求"}


async def view_of(client: httpx.AsyncClient, call_id: str = "c1") -> dict[str, Any]:
    return (await client.get(f"/api/v1/calls/{call_id}")).json()["view"]


async def test_a_line_is_put_right_beside_what_was_recognised(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        line = (await view_of(client))["lines"][1]
        correction = {"utterance_id": line["utterance_id"], "text": " 我流量不够用 "}
        stored = [await client.post("/api/v1/calls/c1/corrections", json=correction) for _ in range(2)]
        view = await view_of(client)
        user_id = (await client.get("/api/v1/session")).json()["user_id"]
    assert [answer.status_code for answer in stored] == [201, 201]
    assert stored[0].json() == stored[1].json() == {"seq": view["seq"]}
    (corrected,) = view["corrected"]
    assert (corrected["utterance_id"], corrected["text"], corrected["by"]) == (
        line["utterance_id"],
        "我流量不够用",
        user_id,
    )
    assert view["lines"][1] == line


async def test_lines_that_were_put_right_are_exported_to_learn_from(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "trainer")
        for call_id in ("c1", "c2", "c3"):
            await play(service, call_id)
        line = (await view_of(client))["lines"][1]
        for call_id in ("c1", "c3"):
            correction = {"utterance_id": line["utterance_id"], "text": "我的流量不够用"}
            await client.post(f"/api/v1/calls/{call_id}/corrections", json=correction)
        answer = await client.get("/api/v1/corrections")
        later = await client.get("/api/v1/corrections", params={"since": "2100-01-01T00:00:00Z"})
    rows = [json.loads(row) for row in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [(row["call_id"], row["recognised"], row["text"]) for row in rows] == [
        ("c3", "流量不够用", "我的流量不够用"),
        ("c1", "流量不够用", "我的流量不够用"),
    ]
    assert (later.status_code, later.text) == (200, "")


async def test_agents_export_no_corrections(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        answer = await client.get("/api/v1/corrections")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-permitted")


async def test_a_note_is_left_on_a_position_and_removed_by_who_left_it(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        stored = [await client.post("/api/v1/calls/c1/notes", json=NOTE) for _ in range(2)]
        left = (await view_of(client))["notes"]
        removed = [await client.delete("/api/v1/calls/c1/notes/note-0001") for _ in range(2)]
        after = await view_of(client)
    assert [answer.status_code for answer in (*stored, *removed)] == [201, 201, 200, 200]
    assert [(note["note_id"], note["at_ms"], note["text"]) for note in left] == [("note-0001", 1_700, "这里听清需求")]
    assert removed[0].json() == removed[1].json() == {"seq": after["seq"]}
    assert after["notes"] == []


async def test_a_note_of_somebody_else_stays(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        await play(service, "c1", agent_id="1001")
        async with http_client(service) as qa:
            await log_in(qa, service, "qa")
            await qa.post("/api/v1/calls/c1/notes", json=NOTE)
        async with http_client(service) as agent:
            await log_in(agent, service, "agent", agent_id="1001")
            answer = await agent.delete("/api/v1/calls/c1/notes/note-0001")
            notes = (await view_of(agent))["notes"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-permitted")
    assert len(notes) == 1


async def test_a_note_may_be_left_while_the_call_goes_on(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "supervisor")
        service.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="live"))
        answer = await client.post("/api/v1/calls/live/notes", json=NOTE | {"at_ms": 0})
        notes = (await view_of(client, "live"))["notes"]
    assert answer.status_code == 201
    assert [note["text"] for note in notes] == ["这里听清需求"]


@pytest.mark.parametrize(
    ("role", "may_correct", "may_note"),
    [("qa", True, True), ("trainer", True, True), ("agent", False, True)],
)
async def test_agents_leave_notes_and_put_no_lines_right(
    tmp_path: Path, role: Role, may_correct: bool, may_note: bool
) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        await play(service, "c1", agent_id="1001")
        line = (await view_of(client))["lines"][0]
        correction = {"utterance_id": line["utterance_id"], "text": "您好"}
        corrected = await client.post("/api/v1/calls/c1/corrections", json=correction)
        noted = await client.post("/api/v1/calls/c1/notes", json=NOTE)
    assert (corrected.status_code == 201, noted.status_code == 201) == (may_correct, may_note)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "c1/corrections", {"utterance_id": "u9", "text": "好"}, 404, "unknown-utterance"),
        ("POST", "c1/corrections", {"utterance_id": "u9", "text": " "}, 422, "bad-input"),
        ("POST", "none/corrections", {"utterance_id": "u9", "text": "好"}, 404, "unknown-call"),
        ("POST", "c1/notes", NOTE | {"at_ms": -1}, 422, "bad-input"),
        ("POST", "c1/notes", NOTE | {"at_ms": 3_600_000}, 400, "bad-input"),
        ("POST", "c1/notes", NOTE | {"note_id": "短"}, 422, "bad-input"),
        ("DELETE", "c1/notes/none", None, 404, "unknown-note"),
    ],
)
async def test_bad_request_gets_a_code(
    tmp_path: Path, method: str, path: str, body: dict[str, Any] | None, status: int, code: str
) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        answer = await client.request(method, f"/api/v1/calls/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
