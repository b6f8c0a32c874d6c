"""``livecue corrections export`` over a database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner, Result

from assist.stores import open_stores
from gateway.cli import app
from tests.fixtures.logs.compose import enveloped
from tests.fixtures.logs.remarks import remarks


def livecue(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["corrections", "export", *words], env={"LIVECUE_DATA_DIR": str(tmp_path)})


async def store_call(tmp_path: Path) -> None:
    async with open_stores(f"sqlite:///{tmp_path}/livecue.db") as stores:
        await stores.calls.append(enveloped("c1", remarks()))


def test_lines_that_were_put_right_are_printed_as_json(tmp_path: Path) -> None:
    asyncio.run(store_call(tmp_path))
    (row,) = (json.loads(line) for line in livecue(tmp_path).stdout.splitlines())
    assert (row["call_id"], row["utterance_id"], row["party"]) == ("c1", "u1", "customer")
    assert (row["recognised"], row["text"]) == ("我要办流量宝", "我要办个流量包")
    assert livecue(tmp_path, "--since", "2100-01-01").stdout == ""


def test_without_a_database_there_is_nothing_to_export(tmp_path: Path) -> None:
    result = livecue(tmp_path)
    assert result.exit_code != 0
