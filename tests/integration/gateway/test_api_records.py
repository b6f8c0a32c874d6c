"""Legal holds and erasure over REST, and the log of what was done and looked at."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assist.messages import Agent, Customer
from assist.supervisor import CallRequest
from gateway.service import Service
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.service import http_client, log_in, open_test_service

SCRIPT = (Said("customer", 200, 900, "我叫王小明"),)


async def play(service: Service, call_id: str, customer_id: str) -> None:
    customer, agent = Customer(customer_id=customer_id), Agent(agent_id="1001")
    request = CallRequest(source="test", legs=STEREO, call_id=call_id, agent=agent, customer=customer, pace="replay")
    handle = service.supervisor.open(request)
    for start_ms in range(0, 2_000, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
    handle.close()
    await handle.closed()


@asynccontextmanager
async def admin_of(directory: Path) -> AsyncGenerator[tuple[Service, httpx.AsyncClient]]:
    """An admin, at a service with two calls of one customer and one of another."""
    opened = open_test_service(directory, transcriber=ScriptedTranscriber(SCRIPT), masks_calls=True)
    async with opened as service, http_client(service) as client:
        await log_in(client, service, "admin")
        for call_id, customer_id in (("c1", "k7"), ("c2", "k7"), ("c3", "k8")):
            await play(service, call_id, customer_id)
        yield service, client


def asked(**changes: Any) -> dict[str, Any]:
    return {"kind": "customer", "subject": "k7", "reason": "工单 77"} | changes


async def test_a_customer_is_erased_and_what_went_is_told(tmp_path: Path) -> None:
    async with admin_of(tmp_path) as (_, client):
        counted = (await client.get("/api/v1/erasures", params={"kind": "customer", "subject": "k7"})).json()
        erased = await client.post("/api/v1/erasures", json=asked(confirm="k7", reason="k7 要求，电话13800001234"))
        left = (await client.get("/api/v1/calls")).json()["calls"]
        log = (await client.get("/api/v1/audit-log")).json()["entries"]
    assert counted == {"calls": 2}
    assert erased.status_code == 201
    assert erased.json()["calls"] == 2
    assert erased.json()["things"]["envelopes"] > 0
    assert [row["call_id"] for row in left] == ["c3"]
    assert [(row["entry"]["action"], row["by_name"]) for row in log] == [("erased", "admin")]
    assert log[0]["entry"]["subject"] == erased.json()["name"]
    assert log[0]["entry"]["details"]["reason"] == "… 要求，电话138****1234"


@pytest.mark.parametrize("confirm", ["", "K7", "k8"])
async def test_what_is_to_be_erased_is_typed_twice(tmp_path: Path, confirm: str) -> None:
    async with admin_of(tmp_path) as (_, client):
        answer = await client.post("/api/v1/erasures", json=asked(confirm=confirm))
        left = (await client.get("/api/v1/calls")).json()["calls"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "confirmation-differs")
    assert len(left) == 3


async def test_what_is_held_stays_until_it_is_released(tmp_path: Path) -> None:
    async with admin_of(tmp_path) as (_, client):
        held = (await client.post("/api/v1/legal-holds", json=asked())).json()
        again = await client.post("/api/v1/legal-holds", json=asked())
        refused = await client.post("/api/v1/erasures", json=asked(confirm="k7"))
        listed = (await client.get("/api/v1/legal-holds")).json()["holds"]
        released = await client.delete(f"/api/v1/legal-holds/{held['hold_id']}")
        erased = await client.post("/api/v1/erasures", json=asked(confirm="k7"))
        log = (await client.get("/api/v1/audit-log")).json()["entries"]
    assert listed == [held]
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already-held")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "legal-hold")
    assert (released.status_code, erased.status_code) == (204, 201)
    assert [row["entry"]["action"] for row in log] == ["erased", "released", "held"]


async def test_who_looked_behind_masks_is_read_page_by_page(tmp_path: Path) -> None:
    async with admin_of(tmp_path) as (service, client):
        said = [envelope.seq for envelope in await service.store.envelopes("c1", types=["utterance"])]
        for reason in ("投诉复核", "再次复核"):
            await client.post("/api/v1/calls/c1/reveal", json={"seqs": said, "reason": reason})
        first = (await client.get("/api/v1/audit-log", params={"action": "revealed", "limit": 1})).json()
        params = {"action": "revealed", "limit": 1, "before": first["next"]}
        second = (await client.get("/api/v1/audit-log", params=params)).json()
        none = (await client.get("/api/v1/audit-log", params={"action": "erased"})).json()
    rows = [page["entries"][0] for page in (first, second)]
    assert [row["entry"]["details"]["reason"] for row in rows] == ["再次复核", "投诉复核"]
    assert [(row["by_name"], row["entry"]["subject"], row["entry"]["details"]["kinds"]) for row in rows] == [
        ("admin", "c1", ["person"])
    ] * 2
    assert none == {"entries": [], "next": None}
