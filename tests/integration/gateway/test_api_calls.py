"""Calls over REST."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.messages import envelope_adapter
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO, frame
from tests.support.service import http_client, log_in, open_test_service, play, play_all


async def test_closed_call_is_listed_with_its_counts_and_can_be_opened(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        listed = (await client.get("/api/v1/calls")).json()
        detail = (await client.get("/api/v1/calls/c1")).json()
    assert listed["next"] is None
    assert [(row["call_id"], row["utterances"], row["prompts"]) for row in listed["calls"]] == [("c1", 3, 1)]
    assert [line["text"] for line in detail["view"]["lines"]] == ["您好请讲", "流量不够用", "好的请稍等"]
    assert detail["view"]["status"] == "closed"


async def test_live_call_is_listed_as_open_and_shows_its_view(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "done")
        handle = service.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="live"))
        await handle.feed([frame("agent", 0, 100)])
        rows = {
            is_open: [row["call_id"] for row in (await client.get(f"/api/v1/calls?open={is_open}")).json()["calls"]]
            for is_open in ("true", "false")
        }
        detail = (await client.get("/api/v1/calls/live")).json()
    assert rows == {"true": ["live"], "false": ["done"]}
    assert detail["view"]["status"] in ("opening", "live")


async def test_pages_of_the_list_hold_every_call_once_newest_first(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play_all(service, ["c1", "c2", "c3", "c4", "c5"])
        seen: list[str] = []
        cursor = None
        while True:
            page = (
                await client.get("/api/v1/calls", params={"limit": 2} | ({"before": cursor} if cursor else {}))
            ).json()
            seen += [row["call_id"] for row in page["calls"]]
            cursor = page["next"]
            if cursor is None:
                break
    assert seen == ["c5", "c4", "c3", "c2", "c1"]


async def test_agent_sees_own_calls_only(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        await play(service, "mine", agent_id="1001")
        await play(service, "theirs", agent_id="1002")
        listed = (await client.get("/api/v1/calls")).json()
        of_another = (await client.get("/api/v1/calls", params={"agent": "1002"})).json()
        parts = ("", "/events", "/audio", "/peaks", "/transcript")
        answers = [await client.get(f"/api/v1/calls/theirs{part}") for part in parts]
        posted = await client.post("/api/v1/calls/theirs/prompts/p1/outcomes", json={"outcome": "accepted"})
    assert [row["call_id"] for row in listed["calls"]] == ["mine"]
    assert of_another["calls"] == []
    for answer in (*answers, posted):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-permitted")


async def test_events_come_in_pages_without_gaps(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        seqs: list[int] = []
        after: int | None = 0
        while after is not None:
            page = (await client.get("/api/v1/calls/c1/events", params={"after": after, "limit": 3})).json()
            envelopes = [envelope_adapter.validate_python(row) for row in page["envelopes"]]
            seqs += [envelope.seq for envelope in envelopes]
            after = page["next"]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= 7


async def test_audio_is_flac_with_ranges(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        await service.supervisor.stop()
        whole = await client.get("/api/v1/calls/c1/audio")
        part = await client.get("/api/v1/calls/c1/audio", headers={"range": "bytes=0-3"})
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/flac")
    assert whole.content[:4] == b"fLaC"
    assert (part.status_code, part.content) == (206, b"fLaC")


async def test_live_call_has_no_audio_yet(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        service.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="live"))
        answers = [await client.get(f"/api/v1/calls/live/{part}") for part in ("audio", "peaks")]
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no-audio")


async def test_peaks_tell_how_loud_each_party_is_over_the_time(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        await service.supervisor.stop()
        answer = (await client.get("/api/v1/calls/c1/peaks")).json()
    assert (answer["duration_ms"], answer["step_ms"]) == (5_000, 10)
    assert [(one["party"], len(one["peaks"])) for one in answer["parties"]] == [("agent", 500), ("customer", 500)]


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("text", "[00:01] 客户：流量不够用\n"),
        ("srt", "2\n00:00:01,700 --> 00:00:02,500\n客户：流量不够用\n"),
    ],
)
async def test_transcript_is_exported(tmp_path: Path, format: str, expected: str) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        text = await client.get(f"/api/v1/calls/c1/transcript?format={format}")
        rows = (await client.get("/api/v1/calls/c1/transcript")).json()
    assert expected in text.text
    assert "attachment" in text.headers["content-disposition"]
    assert [row["text"] for row in rows["lines"]] == ["您好请讲", "流量不够用", "好的请稍等"]


async def test_outcome_is_logged_with_who_gave_it(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        await play(service, "c1")
        view = (await client.get("/api/v1/calls/c1")).json()["view"]
        prompt_id = view["prompts"][0]["prompt"]["prompt_id"]
        stored = await client.post(f"/api/v1/calls/c1/prompts/{prompt_id}/outcomes", json={"outcome": "accepted"})
        after = (await client.get("/api/v1/calls/c1")).json()["view"]
        user_id = (await client.get("/api/v1/session")).json()["user_id"]
    assert stored.status_code == 201
    assert after["seq"] == stored.json()["seq"]
    assert (after["prompts"][0]["state"], after["prompts"][0]["acted_by"]) == ("accepted", user_id)


async def test_a_result_is_logged_on_the_card_with_who_reported_it(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        await play(service, "c1")
        view = (await client.get("/api/v1/calls/c1")).json()["view"]
        prompt_id = view["prompts"][0]["prompt"]["prompt_id"]
        sold = {"result": "sold", "prompt_id": prompt_id}
        stored = [await client.post("/api/v1/calls/c1/results", json=sold) for _ in range(2)]
        after = (await client.get("/api/v1/calls/c1")).json()["view"]
    assert [answer.status_code for answer in stored] == [201, 201]
    assert stored[0].json() == stored[1].json() == {"seq": after["seq"]}
    result = after["prompts"][0]["result"]
    assert (result["result"], result["source"]) == ("sold", "agent")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/calls/none", None, 404, "unknown-call"),
        ("GET", "/api/v1/calls/..%2Fetc", None, 404, "not-found"),
        ("GET", "/api/v1/calls/-bad", None, 422, "bad-input"),
        ("GET", "/api/v1/calls?limit=0", None, 422, "bad-input"),
        ("GET", "/api/v1/calls?before=yesterday", None, 422, "bad-input"),
        ("GET", "/api/v1/nothing", None, 404, "not-found"),
        ("PUT", "/api/v1/calls", None, 405, "method-not-allowed"),
        ("POST", "/api/v1/calls/c1/prompts/p9/outcomes", b'{"outcome": "accepted"}', 404, "unknown-prompt"),
        ("POST", "/api/v1/calls/c1/prompts/p9/outcomes", b'{"outcome": "sold"}', 422, "bad-input"),
        ("POST", "/api/v1/calls/c1/prompts/p9/outcomes", b"{", 422, "bad-input"),
        ("POST", "/api/v1/calls/c1/results", b'{"result": "sold", "prompt_id": "p9"}', 404, "unknown-prompt"),
        ("POST", "/api/v1/calls/c1/results", b'{"result": "perhaps"}', 422, "bad-input"),
        ("POST", "/api/v1/calls/c1/results", b'{"result": "sold", "offre_id": "o"}', 422, "bad-input"),
    ],
)
async def test_bad_request_gets_a_code(
    tmp_path: Path, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        answer = await client.request(method, path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_playbook_in_use_is_described(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "agent", agent_id="1001")
        answer = (await client.get("/api/v1/playbook")).json()
    assert (answer["name"], answer["version"]) == ("small", "3")
    assert answer["rules"] == [{"rule_id": "offer-data", "title": "推荐流量包", "prompt": "offer", "severity": None}]
