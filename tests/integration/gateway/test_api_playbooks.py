"""Playbooks over REST: list, edit, check, try, replay, publish, roll back."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assist.stores.accounts import Role
from gateway.service import Service
from tests.support.service import PLAYBOOK, http_client, log_in, open_test_service, play

SMALL = "/api/v1/playbooks/small"
CHANGED = PLAYBOOK.replace('version: "3"', 'version: "4"').replace("body: 要不要", "body: 您要不要")
NEW = PLAYBOOK.replace("name: small", "name: fresh")


@asynccontextmanager
async def editing(
    directory: Path, role: Role = "qa", **settings: Any
) -> AsyncGenerator[tuple[httpx.AsyncClient, Service]]:
    async with open_test_service(directory, **settings) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        yield client, service


async def detail(client: httpx.AsyncClient, name: str = "small") -> dict[str, Any]:
    answer = await client.get(f"/api/v1/playbooks/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def publish(client: httpx.AsyncClient, text: str, base: int, name: str = "small") -> httpx.Response:
    return await client.post(f"/api/v1/playbooks/{name}/versions", json={"text": text, "base": base, "note": "更好"})


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# --- versions ------------------------------------------------------------------------------------------------------


async def test_a_file_becomes_the_first_version(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, _):
        listed = (await client.get("/api/v1/playbooks")).json()["playbooks"]
        text = (await client.get(f"{SMALL}/texts/1")).json()["text"]
    assert [(row["name"], row["state"], row["is_default"], row["file"]) for row in listed] == [
        ("small", "running", True, "small.yaml")
    ]
    assert listed[0]["running"] == {"version": "3", "title": "小剧本", "rules": 1}
    assert (listed[0]["newest"]["number"], listed[0]["newest"]["origin"]) == (1, "file")
    assert text == PLAYBOOK


async def test_published_text_runs_for_new_calls_and_says_who_and_why(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        answer = await publish(client, CHANGED, 1)
        assert answer.status_code == 201, answer.text
        assert service.playbooks.get("small").version == "4"
        closed = await play(service, "c1")
        log = await service.store.summary("c1")
        found = await detail(client)
    assert closed.cause == "hangup"
    assert log is not None
    assert log.playbook == "small@4"
    newest, first = found["versions"]
    assert (newest["number"], newest["origin"], newest["author"], newest["note"]) == (2, "published", "qa", "更好")
    assert first["origin"] == "file"
    assert (tmp_path / "playbooks" / "small.yaml").read_text(encoding="utf-8") == CHANGED
    assert [path.name for path in (tmp_path / "playbooks").iterdir()] == ["small.yaml"]


async def test_new_content_needs_a_new_version_and_new_comments_do_not(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, _):
        taken = await publish(client, CHANGED.replace('"4"', '"3"'), 1)
        commented = await publish(client, f"# 说明\n{PLAYBOOK}", 1)
    assert code_of(taken) == (409, "version-taken")
    assert commented.status_code == 201, commented.text


async def test_an_edit_that_missed_a_newer_version_is_refused(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, _):
        assert (await publish(client, CHANGED, 1)).status_code == 201
        late = await publish(client, CHANGED.replace('"4"', '"5"'), 1)
        back = await client.post(f"{SMALL}/rollback", json={"number": 1, "base": 1})
    assert code_of(late) == (409, "playbook-changed")
    assert code_of(back) == (409, "playbook-changed")
    assert "no. 2" in late.json()["error"]["message"]


async def test_rolled_back_text_runs_again_as_the_newest_version(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        await publish(client, CHANGED, 1)
        answer = await client.post(f"{SMALL}/rollback", json={"number": 1, "base": 2, "note": "撤回"})
        versions = (await detail(client))["versions"]
        unknown = await client.post(f"{SMALL}/rollback", json={"number": 9, "base": 3})
        running = service.playbooks.get("small").version
    assert answer.status_code == 201, answer.text
    assert running == "3"
    assert [(one["number"], one["version"], one["origin"]) for one in versions] == [
        (3, "3", "rolled-back"), (2, "4", "published"), (1, "3", "file"),
    ]  # fmt: skip
    assert code_of(unknown) == (404, "unknown-version")


@pytest.mark.parametrize(
    ("stale", "code"),
    [
        (CHANGED + "    cases: {fires: [[客户: 你好]]}\n", "cases-failed"),
        (CHANGED.replace("emit: {", "emit: {notify: nobody, "), "bad-playbook"),
    ],
)
async def test_an_earlier_version_that_could_not_be_published_now_is_not_put_back(
    tmp_path: Path, stale: str, code: str
) -> None:
    channels = {"floor": {"url": "http://127.0.0.1:9/hook", "secret": "a-secret-of-sixteen-or-more"}}
    async with editing(tmp_path, channels=channels) as (client, service):
        (tmp_path / "playbooks" / "small.yaml").write_text(stale, encoding="utf-8")
        await service.reload_playbooks()
        mended = CHANGED.replace('"4"', '"5"')
        assert (await publish(client, mended, 2)).status_code == 201
        answer = await client.post(f"{SMALL}/rollback", json={"number": 2, "base": 3})
        refused = await publish(client, stale, 3)
        running = service.playbooks.get("small").version
        numbers = [one["number"] for one in (await detail(client))["versions"]]
    assert code_of(answer) == code_of(refused) == (400, code)
    assert answer.json() == refused.json()
    assert (running, numbers) == ("5", [3, 2, 1])


async def test_a_hand_edit_becomes_a_version_once(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        (tmp_path / "playbooks" / "small.yaml").write_text(CHANGED, encoding="utf-8")
        await service.reload_playbooks()
        await service.reload_playbooks()
        versions = (await detail(client))["versions"]
        late = await publish(client, CHANGED.replace('"4"', '"5"'), 1)
    assert [(one["number"], one["origin"]) for one in versions] == [(2, "file"), (1, "file")]
    assert code_of(late) == (409, "playbook-changed")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PLAYBOOK.replace("party: customer", "party: nobody"), "bad-playbook"),
        (NEW, "playbook-renamed"),
        (CHANGED + "    cases: {fires: [[客户: 你好]]}\n", "cases-failed"),
    ],
)
async def test_a_text_with_an_error_is_not_published(tmp_path: Path, text: str, code: str) -> None:
    async with editing(tmp_path) as (client, service):
        answer = await publish(client, text, 1)
        assert service.playbooks.get("small").version == "3"
    assert code_of(answer) == (400, code)


async def test_a_new_playbook_gets_its_own_file(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        saved = await client.put("/api/v1/playbooks/fresh/draft", json={"text": NEW, "base": 0, "after": 0})
        drafted = await detail(client, "fresh")
        answer = await publish(client, NEW, 0, "fresh")
        found = await detail(client, "fresh")
        assert service.playbooks.get("fresh").version == "3"
        (tmp_path / "playbooks" / "odd.yaml").write_text("name: [", encoding="utf-8")
        taken = await publish(client, NEW.replace("fresh", "odd"), 0, "odd")
    assert (saved.status_code, drafted["playbook"]["state"]) == (200, "draft")
    assert answer.status_code == 201, answer.text
    assert (found["playbook"]["state"], found["playbook"]["draft"]) == ("running", None)
    assert code_of(taken) == (409, "file-exists")


async def test_a_playbook_whose_file_is_gone_can_be_brought_back(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        (tmp_path / "playbooks" / "small.yaml").unlink()
        await service.reload_playbooks()
        assert (await detail(client))["playbook"]["state"] == "retired"
        answer = await client.post(f"{SMALL}/rollback", json={"number": 1, "base": 1})
        assert answer.status_code == 201, answer.text
        assert (await detail(client))["playbook"]["state"] == "running"


async def test_a_directory_that_cannot_be_written_is_told_and_keeps_no_version(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        (tmp_path / "playbooks" / "small.yaml").unlink()
        (tmp_path / "playbooks").rmdir()
        answer = await publish(client, CHANGED, 1)
        assert [version.number for version in await service.publishing.versions("small")] == [1]
    assert code_of(answer) == (503, "playbook-not-written")


async def test_two_texts_are_compared(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, _):
        await client.put(f"{SMALL}/draft", json={"text": CHANGED, "base": 1, "after": 0})
        diff = (await client.get(f"{SMALL}/diff", params={"before": "1", "after": "draft"})).json()["diff"]
        same = (await client.get(f"{SMALL}/diff", params={"before": "1", "after": "file"})).json()["diff"]
    assert '-version: "3"' in diff
    assert '+version: "4"' in diff
    assert same == ""


# --- drafts --------------------------------------------------------------------------------------------------------


async def test_a_draft_is_kept_and_a_second_editor_does_not_overwrite_it(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, _):
        first = await client.put(f"{SMALL}/draft", json={"text": CHANGED, "base": 1, "after": 0})
        other = await client.put(f"{SMALL}/draft", json={"text": PLAYBOOK, "base": 1, "after": 0})
        again = await client.put(f"{SMALL}/draft", json={"text": PLAYBOOK, "base": 1, "after": first.json()["saves"]})
        stale = await client.delete(f"{SMALL}/draft", params={"after": 1})
        gone = await client.delete(f"{SMALL}/draft", params={"after": 2})
        none = await client.get(f"{SMALL}/texts/draft")
    assert (first.json()["saves"], first.json()["author"]) == (1, "qa")
    assert code_of(other) == (409, "draft-changed")
    assert again.json()["saves"] == 2
    assert code_of(stale) == (409, "draft-changed")
    assert gone.status_code == 204
    assert code_of(none) == (404, "unknown-version")


# --- broken files --------------------------------------------------------------------------------------------------


async def test_a_broken_file_leaves_the_last_good_version_running_and_says_why(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        broken = PLAYBOOK.replace("party: customer", "party: nobody")
        (tmp_path / "playbooks" / "small.yaml").write_text(broken, encoding="utf-8")
        await service.reload_playbooks()
        row = (await detail(client))["playbook"]
        on_disk = (await client.get(f"{SMALL}/texts/file")).json()["text"]
        await play(service, "c1")
        call = await service.store.summary("c1")
        assert (await publish(client, CHANGED, 1)).status_code == 201
        mended = (await detail(client))["playbook"]
    assert (row["state"], row["running"]["version"]) == ("kept", "3")
    assert (row["problem"]["code"], row["problem"]["line"]) == ("bad-playbook", 7)
    assert "expected one of agent, any, customer" in row["problem"]["message"]
    assert on_disk == broken
    assert call is not None
    assert (call.playbook, call.prompts) == ("small@3", 1)
    assert (mended["state"], mended["problem"], mended["running"]["version"]) == ("running", None, "4")


async def test_a_file_broken_before_a_restart_runs_with_what_it_ran_with_last(tmp_path: Path) -> None:
    async with open_test_service(tmp_path):
        pass
    async with open_test_service(tmp_path, playbook_text="name: small\nrules: [") as service:
        await play(service, "c1")
        call = await service.store.summary("c1")
        entry = await service.publishing.entry("small")
        assert service.parts["playbook"].state == "impaired"
    assert call is not None
    assert call.playbook == "small@3"
    assert (entry.state, entry.error is None) == ("kept", False)


async def test_a_file_that_never_was_good_is_listed_as_broken(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        (tmp_path / "playbooks" / "odd.yaml").write_text("name: fresh\nrules: []\n", encoding="utf-8")
        await service.reload_playbooks()
        row = (await detail(client, "fresh"))["playbook"]
        assert (await publish(client, NEW, 0, "fresh")).status_code == 201
        mended = (await detail(client, "fresh"))["playbook"]
    assert (row["state"], row["file"], row["running"], row["newest"]) == ("broken", "odd.yaml", None, None)
    assert (mended["state"], mended["file"]) == ("running", "odd.yaml")


# --- before publishing ---------------------------------------------------------------------------------------------


async def test_a_check_tells_every_problem_with_its_line(tmp_path: Path) -> None:
    text = CHANGED.replace('"4"', '"3"') + (
        "    cases: {fires: [[客户: 流量不够用], [客户: 您好]]}\n"
        "  - {id: b, party: customer, intent: [buy_moon], set: {b: true}}\n"
    )
    async with editing(tmp_path) as (client, _):
        found = (await client.post(f"{SMALL}/check", json={"text": text})).json()
        broken = (await client.post(f"{SMALL}/check", json={"text": "name: small\n"})).json()
    assert [(one["line"], one["severity"], one["kind"]) for one in found["problems"]] == [
        (2, "warning", "version"),
        (11, "error", "case"),
        (12, "warning", "label"),
    ]
    assert (found["can_publish"], found["rules"], found["cases"], found["cases_failed"]) == (False, 2, 2, 1)
    assert [(one["line"], one["kind"]) for one in broken["problems"]] == [(1, "form")]
    assert (broken["can_publish"], broken["version"]) == (False, None)


async def test_a_text_is_tried_on_a_call_beside_its_record(tmp_path: Path) -> None:
    other = CHANGED.replace("流量不够用", "您好")
    async with editing(tmp_path) as (client, service):
        await play(service, "c1")
        same = (await client.post(f"{SMALL}/try", json={"text": CHANGED, "call_id": "c1"})).json()
        lost = (await client.post(f"{SMALL}/try", json={"text": other, "call_id": "c1"})).json()
        foreign = (await client.post("/api/v1/playbooks/fresh/try", json={"text": NEW, "call_id": "c1"})).json()
        unknown = await client.post(f"{SMALL}/try", json={"text": CHANGED, "call_id": "c9"})
        bad = await client.post(f"{SMALL}/try", json={"text": "name: [", "call_id": "c1"})
    assert [(one["rule_id"], one["change"], one["title"]) for one in same["said"]] == [("offer-data", "same", "流量包")]
    assert same["said"][0]["because"]["evidence"][0]["quote"] == "流量不够用"
    assert [(one["change"], one["after"]) for one in lost["said"]] == [("lost", None)]
    assert (foreign["is_compared"], [one["change"] for one in foreign["said"]]) == (False, [None])
    assert code_of(unknown) == (404, "unknown-call")
    assert code_of(bad) == (400, "bad-playbook")


async def test_a_replay_tells_its_progress_and_ends_with_a_report(tmp_path: Path) -> None:
    other = CHANGED.replace("流量不够用", "您好")
    async with editing(tmp_path) as (client, service):
        for call_id in ("c1", "c2", "c3"):
            await play(service, call_id)
        answer = await client.post(f"{SMALL}/replay", json={"text": other, "most": 2})
        running = await client.post(f"{SMALL}/replay", json={"text": CHANGED, "most": 5, "against": "running"})
        bad = await client.post(f"{SMALL}/replay", json={"text": "name: ["})
    *steps, last = [json.loads(line) for line in answer.text.splitlines()]
    assert [(step["type"], step["done"], step["of"]) for step in steps] == [
        ("progress", 0, 2), ("progress", 1, 2), ("progress", 2, 2),
    ]  # fmt: skip
    assert (last["type"], last["report"]["calls"], last["report"]["calls_changed"], last["skipped"]) == (
        "report", 2, 2, [],
    )  # fmt: skip
    assert last["report"]["rules"] == [
        {
            "rule": "offer-data", "kind": "prompt",
            "before": 2, "after": 0, "gained": 0, "lost": 2, "changed": 0, "held_out": 0,
        }
    ]  # fmt: skip
    assert json.loads(running.text.splitlines()[-1])["report"]["calls_changed"] == 0
    assert code_of(bad) == (400, "bad-playbook")


async def test_a_replay_takes_practice_for_calls_where_it_is_asked_to(tmp_path: Path) -> None:
    async with editing(tmp_path) as (client, service):
        await play(service, "c1")
        await play(service, "c2", source="softphone/1")
        served = await client.post(f"{SMALL}/replay", json={"text": CHANGED, "most": 1})
        both = await client.post(f"{SMALL}/replay", json={"text": CHANGED, "practice": True})
    assert [json.loads(answer.text.splitlines()[-1])["report"]["calls"] for answer in (served, both)] == [1, 2]
    assert json.loads(served.text.splitlines()[0]) == {"type": "progress", "done": 0, "of": 1}


async def test_the_schema_is_served(tmp_path: Path) -> None:
    floor = {"url": "https://floor.example.com/", "secret": "a secret of the floor"}
    async with editing(tmp_path, "agent", channels={"floor": floor}) as (client, _):
        schema = (await client.get("/api/v1/playbook-schema")).json()
    assert schema["title"] == "Livecue playbook"
    assert schema["$defs"]["channel"]["enum"] == ["floor"]
    assert "floor.example.com" not in json.dumps(schema)
