"""Which leg is whose, said over REST while a call goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from assist.messages import Agent
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO
from tests.support.service import http_client, log_in, open_test_service, play


async def exchanged(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return (await client.get("/api/v1/calls/c1")).json()["view"]["exchanged"]


async def test_the_agent_of_a_call_exchanges_its_parties_once_however_often_it_is_asked(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        request = CallRequest(source="test", legs=STEREO, call_id="c1", agent=Agent(agent_id="1001"))
        call = service.supervisor.open(request)
        await log_in(client, service, "agent", agent_id="1001")
        answers = [await client.post("/api/v1/calls/c1/legs", json={"exchanged": True}) for _ in range(2)]
        once = await exchanged(client)
        back = await client.post("/api/v1/calls/c1/legs", json={"exchanged": False})
        twice = await exchanged(client)
        call.close()
        await call.closed()
        late = await client.post("/api/v1/calls/c1/legs", json={"exchanged": True})
    assert [answer.status_code for answer in (*answers, back)] == [201, 201, 201]
    assert len(once) == 1
    assert len(twice) == 2
    assert (late.status_code, late.json()["error"]["code"]) == (404, "unknown-call")


async def test_calls_on_one_leg_have_nothing_to_exchange(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        call = service.supervisor.open(CallRequest(source="test", legs=STEREO[:1], call_id="c1"))
        await log_in(client, service, "supervisor")
        answer = await client.post("/api/v1/calls/c1/legs", json={"exchanged": True})
        call.close()
        await call.closed()
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "legs-not-exchangeable")


async def test_who_only_listens_may_not_exchange(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await play(service, "c1")
        await log_in(client, service, "qa")
        answer = await client.post("/api/v1/calls/c1/legs", json={"exchanged": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-permitted")
