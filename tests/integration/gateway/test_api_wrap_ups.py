"""Wrap-ups over REST: proposed at the end of a call, confirmed by those who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assist.messages import WrapUp, WrapUpConfirmed
from assist.stores.accounts import Role
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO, frame
from tests.support.service import http_client, log_in, open_test_service, play

GIVEN: dict[str, Any] = {
    "text": "客户流量不够用，已查询。",
    "language": "zh",
    "disposition": {"reason": "plan", "result": "resolved"},
    "promises": [{"kind": "call-back", "quote": "明天回电", "due_at": "2026-11-24T10:00:00+08:00"}],
}
PATH = "/api/v1/calls/c1/wrap-up"


async def test_every_call_has_its_proposal_just_before_its_closing(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        await play(service, "c1")
        events = [envelope.event for envelope in await service.store.envelopes("c1")]
    assert isinstance(events[-2], WrapUp)
    assert events[-1].type == "call-closed"


async def test_what_an_agent_confirms_is_logged_once_and_holds(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        await play(service, "c1")
        answers = [await client.post(PATH, json=GIVEN) for _ in range(2)]
        view = (await client.get("/api/v1/calls/c1")).json()["view"]
        last = (await service.store.envelopes("c1"))[-1]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json() == {"seq": last.seq}
    assert isinstance(last.event, WrapUpConfirmed)
    assert view["confirmed"]["text"] == GIVEN["text"]
    assert view["confirmed"]["promises"][0]["promise_id"] == "by-hand-0"
    assert view["wrap_up"]["source"] == "template@1"


@pytest.mark.parametrize(
    ("role", "agent_id"), [("trainer", None), ("agent", "1002")], ids=["a trainer", "another agent"]
)
async def test_who_may_not_confirm_is_refused(role: Role, agent_id: str | None, tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id=agent_id)
        await play(service, "c1", agent_id="1001")
        answer = await client.post(PATH, json=GIVEN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-permitted")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"disposition": {"reason": "plan", "result": "great"}}, 400, "unknown-disposition"),
        ({"promises": [{"promise_id": "u9-0", "kind": "visit", "quote": "上门"}]}, 404, "unknown-promise"),
        ({"text": "  "}, 422, "bad-input"),
        ({"promises": [{"kind": "visit", "quote": "上门", "due_at": "2026-11-24T10:00:00"}]}, 422, "bad-input"),
        ({"promises": [{"kind": "visit", "quote": "上门"}] * 21}, 400, "bad-input"),
    ],
)
async def test_what_cannot_be_is_refused(change: dict[str, Any], status: int, code: str, tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "supervisor")
        await play(service, "c1")
        answer = await client.post(PATH, json=GIVEN | change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_call_that_goes_on_is_not_confirmed(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "supervisor")
        handle = service.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await handle.feed([frame("agent", 0, 100)])
        answer = await client.post(PATH, json=GIVEN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call-open")


async def test_the_tree_of_dispositions_is_told_in_both_languages(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        tree = (await client.get("/api/v1/dispositions")).json()
    assert {"code": "billing", "zh": "费用账单", "en": "Billing"} in tree["reasons"]
    assert {"code": "promised", "zh": "承诺跟进", "en": "Follow-up promised"} in tree["results"]
