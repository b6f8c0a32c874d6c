"""The archive over REST."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assist.stores.accounts import Role
from gateway.service import Service
from tests.support.archived_calls import archived_log, felt, flagged, offered, overtalk, said, silent, wanted
from tests.support.service import http_client, log_in, open_test_service

ARCHIVE = "/api/v1/archive"
BROADBAND = archived_log(
    "broadband",
    *said(("agent", "您好"), ("customer", "宽带断了，我要投诉")),
    wanted("fault_broadband"),
    felt("angry", -0.8),
    flagged("forbidden-words"),
    offered("=提速套餐", "refused"),
    silent(10_000, 45_000),
    overtalk(1_500),
    hours_ago=1,
    agent_id="8001",
)
ROAMING = archived_log("roaming", *said(("customer", "开通漫游")), hours_ago=2, agent_id="8002", duration_ms=180_000)


@asynccontextmanager
async def archive_of(
    tmp_path: Path, role: Role = "qa", *, agent_id: str | None = None
) -> AsyncGenerator[tuple[Service, httpx.AsyncClient]]:
    """A service with both calls, and a client that is logged in."""
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        for log in (BROADBAND, ROAMING):
            await service.store.append(log)
        await log_in(client, service, role, agent_id=agent_id)
        yield service, client


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [call["document"]["call_id"] for call in answer.json()["calls"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["broadband", "roaming"]),
        ({"q": "宽带"}, ["broadband"]),
        ({"q": "宽带", "party": "agent"}, []),
        ({"agent": ["8001", "8002"]}, ["broadband", "roaming"]),
        ({"agent": "8002"}, ["roaming"]),
        ({"customer": "1", "q": "漫游"}, ["roaming"]),
        ({"intent": "fault_broadband"}, ["broadband"]),
        ({"emotion": "angry", "ends": "angry"}, ["broadband"]),
        ({"flag": "forbidden-words"}, ["broadband"]),
        ({"verdict": "met"}, []),
        ({"severity": "major"}, ["broadband"]),
        ({"reaction": ["refused", "hesitant"]}, ["broadband"]),
        ({"offer": "提速", "sold": "true"}, []),
        ({"min_duration_s": 61}, ["roaming"]),
        ({"max_duration_s": 60}, ["broadband"]),
        ({"min_silence_s": 30}, ["broadband"]),
        ({"min_silence_share": 0.5}, ["broadband"]),
        ({"min_overtalk_s": 1.5}, ["broadband"]),
        ({"since": "2026-03-09T00:30:00Z"}, ["broadband"]),
        ({"before": "2026-03-09T00:30:00+00:00"}, ["roaming"]),
        ({"order": "longest"}, ["roaming", "broadband"]),
    ],
)
async def test_calls_are_found_by_words_and_fields(tmp_path: Path, params: dict[str, Any], expected: list[str]) -> None:
    async with archive_of(tmp_path) as (_, client):
        assert ids(await client.get(ARCHIVE, params=params)) == expected
        counted = {name: value for name, value in params.items() if name != "order"}
        count = (await client.get(f"{ARCHIVE}/count", params=counted)).json()
    assert count == {"calls": len(expected), "is_more": False}


async def test_by_meaning_a_service_without_a_model_says_so_and_other_ways_are_refused(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        answer = await client.get(ARCHIVE, params={"q": "网断了", "by": "meaning"})
        strange = await client.get(ARCHIVE, params={"q": "网断了", "by": "sound"})
        assert ids(await client.get(ARCHIVE, params={"by": "both", "agent": "8002"})) == ["roaming"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "search-no-meanings")
    assert strange.status_code == 422


async def test_a_found_call_tells_what_it_is_and_why_it_was_found(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        (call,) = (await client.get(ARCHIVE, params={"q": "投诉"})).json()["calls"]
    (snippet,) = call["snippets"]
    assert snippet["text"] == "宽带断了，我要投诉"
    assert snippet["marks"] == [[7, 9]]
    assert call["document"]["flags"][0]["rule"] == "forbidden-words"
    assert call["document"]["feelings"][0]["label"] == "angry"


async def test_pages_follow_each_other(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        first = await client.get(ARCHIVE, params={"limit": 1})
        second = await client.get(ARCHIVE, params={"limit": 1, "after": first.json()["next"]})
    assert ids(first) + ids(second) == ["broadband", "roaming"]
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"q": '"宽带'}, 400, "search-unclosed-quote"),
        ({"q": "flga:x"}, 400, "search-unknown-field"),
        ({"q": "silence>x"}, 400, "search-bad-value"),
        ({"after": "x"}, 400, "bad-cursor"),
        ({"limit": 101}, 422, "bad-input"),
        ({"colour": "red"}, 422, "bad-input"),
        ({"since": "yesterday"}, 422, "bad-input"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_a_code(
    tmp_path: Path, params: dict[str, Any], status: int, code: str
) -> None:
    async with archive_of(tmp_path) as (_, client):
        answer = await client.get(ARCHIVE, params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_agents_find_their_own_calls_and_may_not_export_them(tmp_path: Path) -> None:
    async with archive_of(tmp_path, "agent", agent_id="8002") as (_, client):
        assert ids(await client.get(ARCHIVE)) == ["roaming"]
        assert ids(await client.get(ARCHIVE, params={"q": "宽带", "agent": "8001"})) == []
        assert (await client.get(f"{ARCHIVE}/count")).json()["calls"] == 1
        assert [one["code"] for one in (await client.get(f"{ARCHIVE}/choices")).json()["agents"]] == ["8002"]
        assert (await client.get(f"{ARCHIVE}/export")).status_code == 403


async def test_choices_are_what_occurs_in_calls(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        choices = (await client.get(f"{ARCHIVE}/choices")).json()
    assert choices["agents"] == [{"code": "8001", "title": "小王"}, {"code": "8002", "title": "小王"}]
    assert choices["intents"] == [{"code": "fault_broadband", "title": ""}]
    assert choices["rules"] == [{"code": "forbidden-words", "title": "forbidden-words的标题"}]
    assert choices["offers"] == [{"code": "=提速套餐", "title": "=提速套餐"}]


async def test_calls_are_exported_as_a_table_that_computes_nothing(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        answer = await client.get(f"{ARCHIVE}/export", params={"format": "csv", "q": "宽带"})
    assert answer.text.startswith("\ufeffcall_id,")
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert row["opened_at"] == "2026-03-09T09:00:00+08:00"
    assert (row["flags"], row["offers"]) == ("forbidden-words=breach", "'=提速套餐=refused")
    assert (row["silence_share"], row["longest_silence_s"], row["overtalk_s"]) == ("0.583", "35.0", "1.5")


@pytest.mark.parametrize(("question", "expected"), [("", ["broadband", "roaming"]), ("没有", [])])
async def test_calls_are_exported_as_json(tmp_path: Path, question: str, expected: list[str]) -> None:
    async with archive_of(tmp_path) as (_, client):
        answer = await client.get(f"{ARCHIVE}/export", params={"format": "json", "q": question})
    assert [call["call_id"] for call in answer.json()] == expected


async def test_searches_are_kept_for_their_user_alone(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (service, client):
        question = {"q": "宽带 flag:*", "agent": ["8001"]}
        saved = await client.post(f"{ARCHIVE}/searches", json={"name": "宽带违规", "question": question})
        assert saved.status_code == 201
        await client.post(f"{ARCHIVE}/searches", json={"name": "宽带违规", "question": {"q": "漫游"}})
        (kept,) = (await client.get(f"{ARCHIVE}/searches")).json()["searches"]
        assert (kept["name"], kept["question"]["q"]) == ("宽带违规", "漫游")
        async with http_client(service) as other:
            await log_in(other, service, "trainer")
            assert (await other.get(f"{ARCHIVE}/searches")).json() == {"searches": []}
            assert (await other.delete(f"{ARCHIVE}/searches/{kept['search_id']}")).status_code == 404
        assert (await client.delete(f"{ARCHIVE}/searches/{kept['search_id']}")).status_code == 204
        assert (await client.get(f"{ARCHIVE}/searches")).json() == {"searches": []}


async def test_a_search_that_cannot_be_asked_is_not_kept(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (_, client):
        answer = await client.post(f"{ARCHIVE}/searches", json={"name": "x", "question": {"q": "flga:x"}})
    assert answer.json()["error"]["code"] == "search-unknown-field"


async def test_an_api_key_finds_calls_and_keeps_no_searches(tmp_path: Path) -> None:
    async with archive_of(tmp_path) as (service, _), http_client(service) as client:
        client.headers["x-api-key"] = await service.accounts.add_key("crm")
        assert ids(await client.get(ARCHIVE)) == ["broadband", "roaming"]
        for path in ("searches", "export"):
            assert (await client.get(f"{ARCHIVE}/{path}")).status_code == 403
