"""Experiments of a running service: figures of its calls, decisions that hold, and who may see and make them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from assist.messages import Envelope, ExperimentsAssigned, Prompt
from assist.playbook.experiments import draw
from assist.stores.accounts import Role
from gateway.cli import app
from gateway.experiments import LiveExperiments
from gateway.service import Service
from tests.support.service import PLAYBOOK, http_client, log_in, open_test_service, play
from tests.support.trials import BEGIN, EXPERIMENT, log_of, prompt_of, sale, store_trials

TEXT = PLAYBOOK.replace("要不要加一个流量包}", "要不要加一个流量包, experiment: {hold_out: 0.5}}")
DECISIONS = "/api/v1/experiments/small/offer-data/decisions"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncGenerator[Service]:
    async with open_test_service(tmp_path, playbook_text=TEXT) as service:
        yield service


def assigned(log: list[Envelope]) -> ExperimentsAssigned:
    return next(one.event for one in log if isinstance(one.event, ExperimentsAssigned))


async def log_after_call(service: Service, call_id: str) -> list[Envelope]:
    await play(service, call_id)
    return list(await service.store.envelopes(call_id))


async def test_a_live_call_logs_its_draw_and_what_it_held_out(service: Service) -> None:
    for number in range(4):
        log = await log_after_call(service, f"c{number}")
        (drawn,) = assigned(log).assignments
        assert drawn == draw(EXPERIMENT, f"c{number}")
        assert log[1].event == assigned(log)
        assert {one.event.arm for one in log if isinstance(one.event, Prompt)} == {drawn.arm}


async def test_a_trial_of_rules_tells_what_the_call_held_out_and_no_loss(service: Service) -> None:
    call_id = next(f"c{number}" for number in range(20) if draw(EXPERIMENT, f"c{number}").arm == "held-out")
    await play(service, call_id)

    async with http_client(service) as client:
        await log_in(client, service, "qa")

        async def told(text: str) -> list[tuple[str | None, str | None, str | None]]:
            body = {"text": text, "call_id": call_id}
            said = (await client.post("/api/v1/playbooks/small/try", json=body)).json()["said"]
            return [(one["change"], one["before"], one["after"]) for one in said]

        assert await told(TEXT) == [("same", "held-out", "held-out")]
        assert await told(TEXT.replace("流量不够用", "您好呀")) == [("held-out", "held-out", None)]
        assert await told(PLAYBOOK) == [("gained", "held-out", "expired")]


async def test_calls_become_figures(service: Service) -> None:
    await store_trials(service.store, 40, sells_shown=True)
    async with http_client(service) as client:
        await log_in(client, service, "supervisor")
        body = (await client.get("/api/v1/experiments")).json()
    (report,) = body["experiments"]
    held_out, shown = report["groups"]
    assert held_out["calls"] + shown["calls"] == 40
    assert (held_out["outcomes"]["sold"]["hits"], report["is_muted"]) == (0, False)
    assert shown["outcomes"]["sold"]["hits"] > 0
    assert report["comparisons"][0]["verdict"] == "too-early"


async def test_the_command_line_tells_groups_and_weeks(service: Service, tmp_path: Path) -> None:
    await store_trials(service.store, 40, sells_shown=True)
    words = ["experiments", "report", "--data-dir", str(tmp_path), "--playbooks-dir", str(tmp_path / "playbooks")]
    told = await asyncio.to_thread(CliRunner().invoke, app, words, env={"LIVECUE_PLAYBOOK": "small", "COLUMNS": "140"})
    assert told.exit_code == 0, told.output
    for heading in ("held-out", "sold without", "agents' time, h"):
        assert heading in told.stdout
    as_json = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--json"], env={"LIVECUE_PLAYBOOK": "small"})
    (report,) = json.loads(as_json.stdout)["experiments"]
    assert report["price"] is None
    assert {"gained", "value", "handling_ms"} == set(report["worth"]) == set(report["weeks"][0]["worth"])


async def test_a_harmful_prompt_is_muted_for_new_calls_and_after_a_restart(service: Service, tmp_path: Path) -> None:
    await store_trials(service.store, 150, sells_shown=False)
    (decision,) = await service.experiments.review()
    assert decision.kind == "mute"
    assert await service.experiments.review() == []
    (drawn,) = assigned(await log_after_call(service, "after")).assignments
    assert (drawn.arm, drawn.is_muted) == ("held-out", True)
    again = LiveExperiments(service.experiments._store, service.playbooks.in_use)  # pyright: ignore[reportPrivateUsage]
    await again.load()
    assert again.standings("small")["offer-data"].is_muted


async def test_a_person_unmutes_and_is_named(service: Service) -> None:
    await store_trials(service.store, 150, sells_shown=False)
    await service.experiments.review()
    async with http_client(service) as client:
        await log_in(client, service, "supervisor")
        body = {"decision": "unmute", "reason": "换了说法"}
        answers = [(await client.post(DECISIONS, json=body)).json() for _ in range(2)]
        (report,) = (await client.get("/api/v1/experiments")).json()["experiments"]
    assert answers == [{"has_changed": True}, {"has_changed": False}]
    assert [(one["kind"], one["by"]) for one in report["decisions"]] == [("unmute", "supervisor"), ("mute", "")]
    assert not report["is_muted"]
    assert await service.experiments.review() == []


async def test_late_sales_change_the_figures(service: Service) -> None:
    log = log_of("late", prompt_of(EXPERIMENT, "late"), opened_at=service.experiments._now(), late=[sale()])  # pyright: ignore[reportPrivateUsage]
    await service.store.append(log[:-1])
    await service.store.append(log[-1:])
    (report,) = await service.experiments.reports(weeks=1)
    assert sum(group.outcomes["sold"].hits for group in report.groups) == 1


async def test_old_calls_are_left_out(service: Service) -> None:
    await service.store.append(log_of("old", prompt_of(EXPERIMENT, "old"), opened_at=BEGIN.replace(year=2020)))
    (report,) = await service.experiments.reports(weeks=52)
    assert [group.calls for group in report.groups] == [0, 0]


@pytest.mark.parametrize(
    ("role", "reads", "decides"),
    [
        ("admin", 200, 201),
        ("supervisor", 200, 201),
        ("qa", 200, 201),
        ("trainer", 200, 403),
        ("agent", 403, 403),
    ],
)
async def test_who_may_see_and_decide(service: Service, role: Role, reads: int, decides: int) -> None:
    async with http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        answers = [
            await client.get("/api/v1/experiments"),
            await client.post(DECISIONS, json={"decision": "mute", "reason": "试"}),
        ]
    assert [answer.status_code for answer in answers] == [reads, decides]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (DECISIONS, {"decision": "mute", "reason": " "}, 422),
        (DECISIONS, {"decision": "weigh", "reason": "x"}, 422),
        (DECISIONS.replace("offer-data", "unknown"), {"decision": "mute", "reason": "x"}, 404),
    ],
)
async def test_decisions_that_cannot_be(service: Service, path: str, body: dict[str, str], status: int) -> None:
    async with http_client(service) as client:
        await log_in(client, service, "admin")
        answer: httpx.Response = await client.post(path, json=body)
    assert answer.status_code == status


async def test_nobody_sees_them_without_a_session(service: Service) -> None:
    async with http_client(service) as client:
        assert (await client.get("/api/v1/experiments")).status_code == 401
