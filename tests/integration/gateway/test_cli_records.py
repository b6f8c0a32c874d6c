"""``livecue records`` and ``livecue store`` over what a service has stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assist.ports import CallQuery
from assist.stores import open_stores
from gateway.cli import app
from tests.support.past_calls import call_log

TEN_YEARS_H = 10 * 365 * 24

Livecue = Callable[..., Result]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Of a service that has stored two calls of one customer and one of another, ten years ago."""
    directory = tmp_path / "data"
    (directory / "wrap-ups").mkdir(parents=True)
    (directory / "wrap-ups" / "c1.json").write_text("{}")

    async def store() -> None:
        async with open_stores(f"sqlite:///{directory}/livecue.db") as stores:
            for call_id, customer_id in (("c1", "13900000139"), ("c2", "13900000139"), ("c3", "138")):
                await stores.calls.append(call_log(call_id, hours_ago=TEN_YEARS_H, customer_id=customer_id))

    asyncio.run(store())
    return directory


@pytest.fixture
def livecue(data_dir: Path) -> Livecue:
    def invoke(*words: str, answer: str = "", **settings: str) -> Result:
        environment = {"LIVECUE_DATA_DIR": str(data_dir), **settings}
        return CliRunner().invoke(app, words, env=environment, input=answer)

    return invoke


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def calls_in(data_dir: Path) -> list[str]:
    async def read() -> list[str]:
        async with open_stores(f"sqlite:///{data_dir}/livecue.db") as stores:
            return sorted(call.call_id for call in await stores.calls.calls(CallQuery()))

    return asyncio.run(read())


def test_customer_is_held_released_and_erased_and_the_log_tells(livecue: Livecue, data_dir: Path) -> None:
    hold_id = rows(livecue("records", "hold", "customer", "13900000139", "--reason", "dispute", "--json"))[0]["hold_id"]
    assert [row["subject"] for row in rows(livecue("records", "holds", "--json"))] == ["13900000139"]
    refused = livecue("records", "erase", "customer", "13900000139", "--reason", "request 17", "--yes")
    assert getattr(refused.exception, "code", None) == "legal-hold"
    assert livecue("records", "release", hold_id).exit_code == 0
    doubted = livecue("records", "erase", "customer", "13900000139", "--reason", "request 17", answer="n\n")
    assert doubted.exit_code == 1
    assert calls_in(data_dir) == ["c1", "c2", "c3"]
    erase = ("records", "erase", "customer", "13900000139", "--reason", "request 17", "--yes", "--json")
    erased = rows(livecue(*erase))[0]
    assert (erased["calls"], erased["things"]["wrap-ups"]) == (2, 1)
    assert calls_in(data_dir) == ["c3"]
    log = livecue("records", "log", "--json")
    assert [row["action"] for row in rows(log)] == ["erased", "released", "held"]
    assert "13900000139" not in log.stdout


def test_what_expires_is_counted_before_it_goes(livecue: Livecue, data_dir: Path) -> None:
    rules = {"LIVECUE_RETENTION__CALLS_DAYS": "365"}
    assert "0 calls removed" in livecue("records", "expire").stdout
    assert "3 calls would be removed" in livecue("records", "expire", "--dry-run", **rules).stdout
    assert calls_in(data_dir) == ["c1", "c2", "c3"]
    removed = rows(livecue("records", "expire", "--json", **rules))[0]
    assert (removed["calls"], removed["things"]["calls"]) == (3, 3)
    assert calls_in(data_dir) == []


def test_schema_is_taken_back_and_comes_again(livecue: Livecue, data_dir: Path) -> None:
    assert "revision 0002" in livecue("store", "downgrade", "0002", "--yes").stdout
    unknown = livecue("store", "downgrade", "0099", "--yes")
    assert getattr(unknown.exception, "code", None) == "unknown-revision"
    assert calls_in(data_dir) == ["c1", "c2", "c3"]
