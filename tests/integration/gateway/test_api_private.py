"""What is masked in calls, over REST: nobody gets it unasked, and who asks leaves a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assist.stores import open_stores
from assist.stores.accounts import Role
from gateway.service import Service
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.service import http_client, log_in, open_test_service, play

SCRIPT = (
    Said("agent", 200, 900, "请问您的手机号码是多少"),
    Said("customer", 1700, 2500, "一三八零零零零一二三四，我叫王小明"),
    Said("agent", 2600, 3400, "好的王小明，流量不够用吗"),
)
SECRETS = ("一三八零零零零一二三四", "零零零零", "王小明", "13800001234")
READ = (
    "/api/v1/calls",
    "/api/v1/calls/c1",
    "/api/v1/calls/c1/events",
    "/api/v1/calls/c1/transcript",
    "/api/v1/calls/c1/transcript?format=srt",
    "/api/v1/calls/c1/transcript?format=text",
    "/api/v1/archive?q=王小明",
    "/api/v1/archive?q=流量",
)


def service_of(directory: Path) -> Any:
    return open_test_service(directory, transcriber=ScriptedTranscriber(SCRIPT), masks_calls=True)


async def said(service: Service) -> list[int]:
    return [envelope.seq for envelope in await service.store.envelopes("c1", types=["utterance"])]


@pytest.mark.parametrize("role", ["admin", "supervisor", "qa", "trainer", "agent"])
async def test_no_answer_has_private_words_of_a_stored_call(tmp_path: Path, role: Role) -> None:
    async with service_of(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        await play(service, "c1")
        answers = [await client.get(path) for path in READ]
    assert [answer.status_code for answer in answers] == [200] * len(READ)
    assert "某**" in answers[3].text
    assert not [
        (path, word) for path, answer in zip(READ, answers, strict=True) for word in SECRETS if word in answer.text
    ]


async def test_who_may_see_words_gets_them_with_a_record(tmp_path: Path) -> None:
    async with service_of(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        seqs = await said(service)
        user_id = (await client.get("/api/v1/session")).json()["user_id"]
        answer = await client.post("/api/v1/calls/c1/reveal", json={"seqs": seqs[1:2], "reason": "核对投诉"})
        async with open_stores(service.settings.store_url) as stores:
            (entry,) = await stores.records.audit()
    (envelope,) = answer.json()["envelopes"]
    assert envelope["event"]["text"].startswith("一三八零零零零一二三四，我叫王小明")
    assert (entry.by, entry.action, entry.subject) == (user_id, "revealed", "c1")
    assert entry.details == {"seqs": seqs[1:2], "kinds": ["person", "phone_number"], "reason": "核对投诉"}


@pytest.mark.parametrize("role", ["trainer", "agent"])
async def test_others_are_refused(tmp_path: Path, role: Role) -> None:
    async with service_of(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        await play(service, "c1")
        answer = await client.post("/api/v1/calls/c1/reveal", json={"seqs": [1], "reason": "好奇"})
        async with open_stores(service.settings.store_url) as stores:
            assert await stores.records.audit() == []
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"seqs": [], "reason": "x"}, {"seqs": [1], "reason": " "}, {"seqs": [0], "reason": "x"}]
)
async def test_look_without_events_or_reason_is_refused(tmp_path: Path, body: dict[str, Any]) -> None:
    async with service_of(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        answer = await client.post("/api/v1/calls/c1/reveal", json=body)
    assert answer.status_code == 422
