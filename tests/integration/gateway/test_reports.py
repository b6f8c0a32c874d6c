"""Reports over REST and from the command line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from assist.reports.fields import FIELDS
from assist.reports.report import LAYOUTS
from assist.stores import open_stores
from assist.stores.accounts import Role
from gateway.archive_export import BYTE_ORDER_MARK
from gateway.cli import app
from tests.support.archived_calls import archived_log, felt, flagged, said
from tests.support.past_calls import wrap_up
from tests.support.service import http_client, log_in, open_test_service

REPORTS = "/api/v1/reports"
PERIOD = {"since": "2026-02-20", "until": "2026-03-09"}
CALLS = (
    archived_log(
        "one",
        *said(("customer", "宽带断了")),
        wrap_up(reasons=("fault_broadband",)),
        felt("angry", -0.8),
        flagged("forbidden-words"),
        hours_ago=1,
        agent_id="8001",
    ),
    archived_log(
        "two", wrap_up(reasons=("fault_broadband",)), flagged("greeting", "met"), hours_ago=2, agent_id="8001"
    ),
    archived_log("three", hours_ago=3, agent_id="=8002"),
)


@asynccontextmanager
async def reports_of(
    tmp_path: Path, role: Role = "qa", *, agent_id: str | None = None
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service that has the calls, logged in."""
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        for log in CALLS:
            await service.store.append(log)
        await log_in(client, service, role, agent_id=agent_id)
        yield client


async def read(client: httpx.AsyncClient, name: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"{REPORTS}/{name}", params={**PERIOD, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_dictionary_defines_every_column(tmp_path: Path) -> None:
    async with reports_of(tmp_path) as client:
        told = (await client.get(REPORTS)).json()
    assert set(told["reports"]) == set(LAYOUTS)
    assert set(told["fields"]) == set(FIELDS)
    assert told["fields"]["breach_share"]["zh"]["formula"] == FIELDS["breach_share"].zh.formula


async def test_a_figure_leads_to_the_search_that_lists_its_calls(tmp_path: Path) -> None:
    async with reports_of(tmp_path) as client:
        found = await read(client, "quality", by="agent", reason="fault_broadband")
        (row,) = found["rows"]
        asked = {**row["asked"], **(FIELDS["breach_share"].asked or {})}
        answer = (await client.get("/api/v1/archive", params=asked)).json()
    assert row["cells"]["breach_share"]["value"] == 0.5
    assert [call["document"]["call_id"] for call in answer["calls"]] == ["one"]


async def test_agents_see_their_own_figures_alone(tmp_path: Path) -> None:
    async with reports_of(tmp_path, "agent", agent_id="8001") as client:
        found = await read(client, "service", by="agent")
        others = await read(client, "service", by="agent", agent="=8002")
    assert [row["code"] for row in found["rows"]] == ["8001"]
    assert found["total"]["cells"]["calls"]["value"] == 2
    assert others["rows"] == []


async def test_a_table_has_bounds_and_no_cell_that_is_a_formula(tmp_path: Path) -> None:
    async with reports_of(tmp_path) as client:
        answer = await client.get(f"{REPORTS}/quality", params={**PERIOD, "by": "agent", "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith(BYTE_ORDER_MARK)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK))))
    assert [row["agent"] for row in rows] == ["8001", "'=8002", "all"]
    assert [rows[0][head] for head in ("违规率", "违规率 low", "违规率 high", "违规率 n")] == [
        "0.5000",
        "0.0945",
        "0.9055",
        "2",
    ]


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("quality", {"by": "colour"}, 422, "bad-input"),
        ("service", {"by": "rule"}, 400, "report-bad-rows"),
        ("nothing", {}, 422, "bad-input"),
        ("quality", {"since": "2026-03-02", "until": "2026-03-01"}, 400, "report-bad-period"),
        ("quality", {"since": "0001-01-01", "until": "0001-01-02"}, 400, "report-bad-period"),
        ("quality", {"since": "9999-12-31", "until": "9999-12-31"}, 400, "report-bad-period"),
        ("quality", {"since": "yesterday"}, 422, "bad-input"),
    ],
)
async def test_what_is_no_report_is_refused_with_a_code(
    tmp_path: Path, path: str, params: dict[str, str], status: int, code: str
) -> None:
    async with reports_of(tmp_path) as client:
        answer = await client.get(f"{REPORTS}/{path}", params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def fill(url: str) -> None:
    async with open_stores(url) as stores:
        for log in CALLS:
            await stores.calls.append(log)


def test_reports_are_printed_for_people_programs_and_spreadsheets(tmp_path: Path) -> None:
    asyncio.run(fill(f"sqlite:///{tmp_path}/livecue.db"))

    def run(*words: str) -> str:
        period = ("--from", PERIOD["since"], "--to", PERIOD["until"])
        result = CliRunner().invoke(app, ["report", *words, *period], env={"LIVECUE_DATA_DIR": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "(9.5%–90.5%)" in run("quality", "--by", "agent", "--agent", "8001")
    found = json.loads(run("weakness", "--json"))
    assert [row["code"] for row in found["rows"]] == ["fault_broadband", "unknown"]
    assert run("service", "--csv").splitlines()[1].startswith("8001,小王,2,")
