"""Calls announced over REST before their sound comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from gateway.service import Service
from tests.support.service import http_client, open_test_service

PATH = "/api/v1/expected-calls"
CALL: dict[str, Any] = {
    "call": "pbx1-1234.5",
    "agent": {"agent_id": "1001", "name": "林晓"},
    "customer": {"customer_id": "13800000000", "attributes": {"套餐": "79 元"}},
    "playbook": "small",
    "rate_hz": 8000,
}


@asynccontextmanager
async def integrator(directory: Path) -> AsyncGenerator[tuple[httpx.AsyncClient, Service]]:
    """A client with an API key."""
    async with open_test_service(directory) as service, http_client(service) as client:
        client.headers["x-api-key"] = await service.accounts.add_key("cti")
        yield client, service


async def test_an_announced_call_has_a_uuid_per_role(tmp_path: Path) -> None:
    async with integrator(tmp_path) as (client, service):
        answer = await client.post(PATH, json=CALL)
        body = answer.json()
        claim = service.expected.claim(UUID(body["legs"][0]["uuid"]))
    assert answer.status_code == 201
    assert [(leg["role"], leg["state"]) for leg in body["legs"]] == [("agent", "waiting"), ("customer", "waiting")]
    assert (body["call"], body["agent_id"], body["customer_id"]) == ("pbx1-1234.5", "1001", "13800000000")
    assert (body["playbook"], body["rate_hz"], body["direction"]) == ("small", 8000, "inbound")
    assert datetime.fromisoformat(body["expires_at"]) > datetime.now(UTC)
    assert claim.role == "agent"
    assert claim.announcement.customer is not None
    assert claim.announcement.customer.attributes == {"套餐": "79 元"}


async def test_an_announcement_is_read_listed_by_key_and_cancelled(tmp_path: Path) -> None:
    async with integrator(tmp_path) as (client, service):
        made = (await client.post(PATH, json=CALL)).json()
        other = (await client.post(PATH, json={"call": "pbx1-9"})).json()
        service.expected.claim(UUID(made["legs"][1]["uuid"]))
        read = (await client.get(f"{PATH}/{made['expected_id']}")).json()
        listed = (await client.get(PATH)).json()["expected_calls"]
        of_key = (await client.get(PATH, params={"call": "pbx1-1234.5"})).json()["expected_calls"]
        first = (await client.get(PATH, params={"limit": 1})).json()["expected_calls"]
        gone = await client.delete(f"{PATH}/{made['expected_id']}")
        missing = await client.get(f"{PATH}/{made['expected_id']}")
        left = (await client.get(PATH)).json()["expected_calls"]
    assert [leg["state"] for leg in read["legs"]] == ["waiting", "taken"]
    assert [call["expected_id"] for call in listed] == [other["expected_id"], made["expected_id"]]
    assert of_key == [read]
    assert first == listed[:1]
    assert (gone.status_code, missing.status_code) == (204, 404)
    assert missing.json()["error"]["code"] == "unknown-expected-call"
    assert left == [other]


async def test_a_call_whose_connections_name_it_themselves_needs_no_uuid(tmp_path: Path) -> None:
    async with integrator(tmp_path) as (client, _):
        answer = await client.post(PATH, json=CALL | {"roles": list[str]()})
    assert (answer.status_code, answer.json()["legs"]) == (201, [])


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"call": ""}, 422, "bad-input"),
        ({"call": "a\u0000"}, 422, "bad-input"),
        ({"roles": ["agent", "agent"]}, 422, "bad-input"),
        ({"roles": ["boss"]}, 422, "bad-input"),
        ({"rate_hz": 4000}, 422, "bad-input"),
        ({"rate_hz": 96000}, 422, "bad-input"),
        ({"valid_s": 0}, 422, "bad-input"),
        ({"valid_s": 3601}, 422, "bad-input"),
        ({"customer": {"customer_id": "x" * 501}}, 422, "bad-input"),
        ({"unknown": 1}, 422, "bad-input"),
        ({"playbook": "none"}, 400, "unknown-playbook"),
    ],
)
async def test_what_cannot_be_meant_is_refused(tmp_path: Path, fields: dict[str, Any], status: int, code: str) -> None:
    async with integrator(tmp_path) as (client, service):
        answer = await client.post(PATH, json=CALL | fields)
        assert list(service.expected.calls()) == []
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


WORDS = ("", "..", "%00", "a/b", "x" * 400, "话", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "0" * 31)
BODIES = (
    b"",
    b"null",
    b"{",
    b"\xff",
    b"[" * 20_000,
    b'{"call": "\\ud800"}',
    b'{"call": 1}',
    b'{"call": "a", "valid_s": 1e400}',
    b'{"call": "a", "valid_s": "soon"}',
    b'{"call": "a", "agent": {"agent_id": "a", "attributes": {"\\u0000": "x"}}}',
    b'{"call": "a", "roles": "agent"}',
)


async def test_nothing_that_is_put_into_a_request_makes_it_fail(tmp_path: Path) -> None:
    async with integrator(tmp_path) as (client, _):
        answers = [
            await client.post(PATH, content=body, headers={"content-type": "application/json"}) for body in BODIES
        ]
        for word in WORDS:
            answers.append(await client.get(f"{PATH}/{quote(word, safe='')}"))
            answers.append(await client.delete(f"{PATH}/{quote(word)}"))
            answers.append(await client.get(PATH, params={"limit": word}))
        by_key = [await client.get(PATH, params={"call": word}) for word in WORDS]
    assert all(400 <= answer.status_code < 500 for answer in answers if answer.text != '{"expected_calls":[]}')
    assert all(set(answer.json()) in ({"error"}, {"expected_calls"}) for answer in (*answers, *by_key))
