"""``livecue rules replay`` over a database and over files of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assist.messages import Envelope
from assist.playbook import parse_playbook
from assist.stores import open_stores
from gateway.cli import app
from nlp.phrases import PhraseAnalyser
from tests.support.fakes import Said
from tests.support.lived_call import live

RULES = """\
name: small
version: 1
title: 小剧本
rules:
  - id: rude
    title: 忌语
    party: agent
    phrase: 不归我管
    because: 说了“{quote}”
    emit: {flag: {}}
"""
MORE = """\
  - id: thanks
    title: 致谢
    party: customer
    phrase: 谢谢
    because: 说了“{quote}”
    emit: {flag: {verdict: met}}
"""
SCRIPT = (Said("agent", 500, 2_000, "这个不归我管"), Said("customer", 3_000, 4_000, "好的谢谢"))


@pytest.fixture
async def log(tmp_path: Path) -> list[Envelope]:
    """A call that ran under RULES."""
    return await live(SCRIPT, 6_000, parse_playbook(RULES), (PhraseAnalyser(),), tmp_path / "spool", call_id="call-1")


def livecue(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["rules", "replay", *words], env={"LIVECUE_DATA_DIR": str(tmp_path / "data")})


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def events_file(tmp_path: Path, log: Sequence[Envelope]) -> str:
    return written(tmp_path / "events.jsonl", "".join(f"{one.model_dump_json()}\n" for one in log))


def report(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_playbook_of_the_calls_changes_nothing(tmp_path: Path, log: list[Envelope]) -> None:
    path = written(tmp_path / "small.yaml", RULES)
    said = report(livecue(tmp_path, path, "--events", events_file(tmp_path, log), "--json"))
    assert (said["calls"], said["calls_changed"], said["changes"], said["skipped"]) == (1, 0, [], [])
    assert said["totals"] == {"flag": {"before": 1, "after": 1, "gained": 0, "lost": 0, "changed": 0, "held_out": 0}}


def store(tmp_path: Path, *logs: list[Envelope]) -> None:
    """A database of these calls."""

    async def append() -> None:
        (tmp_path / "data").mkdir()
        async with open_stores(f"sqlite:///{tmp_path / 'data' / 'livecue.db'}") as stores:
            for log in logs:
                await stores.calls.append(log)

    asyncio.run(append())


def test_an_edit_is_replayed_over_the_database(tmp_path: Path, log: list[Envelope]) -> None:
    store(tmp_path, log, [one.model_copy(update={"call_id": "call-2"}) for one in log])
    path = written(tmp_path / "edited.yaml", RULES + MORE)
    both = report(livecue(tmp_path, path, "--data", str(tmp_path / "data"), "--json"))
    assert (both["calls"], both["calls_changed"]) == (2, 2)
    said = report(livecue(tmp_path, path, "--calls", "call-1", "--json"))
    (change,) = said["changes"]
    assert (change["change"], change["call_id"], change["rule_id"]) == ("gained", "call-1", "thanks")
    assert (change["quote"], change["after"], change["agent_id"]) == ("谢谢", "met", "1001")
    assert [row["agent"] for row in said["agents"]] == ["1001"]
    assert report(livecue(tmp_path, path, "--agent", "nobody", "--json"))["calls"] == 0
    assert report(livecue(tmp_path, path, "--calls", "call-1", "--agent", "nobody", "--json"))["calls"] == 0
    unknown = livecue(tmp_path, path, "--calls", "call-1", "--calls", "call-9")
    assert getattr(unknown.exception, "code", None) == "unknown-call"
    assert report(livecue(tmp_path, path, "--since", "2030-01-01", "--json"))["calls"] == 0


def test_practice_is_replayed_where_it_is_asked_for(tmp_path: Path, log: list[Envelope]) -> None:
    opening = log[0].event.model_copy(update={"source": "softphone/1"})
    drill = [log[0].model_copy(update={"event": opening}), *log[1:]]

    store(tmp_path, log, [one.model_copy(update={"call_id": "drill"}) for one in drill])
    path = written(tmp_path / "edited.yaml", RULES + MORE)

    def calls(*words: str) -> list[str]:
        return [one["call_id"] for one in report(livecue(tmp_path, path, *words, "--json"))["changes"]]

    assert calls() == ["call-1"]
    assert calls("--calls", "drill") == ["drill"]
    assert sorted(calls("--practice")) == ["call-1", "drill"]


def test_two_playbooks_are_compared_for_people(tmp_path: Path, log: list[Envelope]) -> None:
    edited = written(tmp_path / "edited.yaml", RULES + MORE)
    small = written(tmp_path / "small.yaml", RULES)
    result = livecue(tmp_path, small, "--against", edited, "--events", events_file(tmp_path, log))
    assert "lost" in result.stdout
    assert "call-1 [00:04] flag thanks met “谢谢”" in result.stdout
    assert "1 calls, 1 of them changed, 0 skipped" in result.stdout


def test_calls_that_are_no_comparison_are_named(tmp_path: Path, log: list[Envelope]) -> None:
    path = written(tmp_path / "other.yaml", RULES.replace("name: small", "name: other"))
    broken = [*log[:2], *log[3:]]
    other = [one.model_copy(update={"call_id": "call-2"}) for one in broken]
    said = report(livecue(tmp_path, path, "--events", events_file(tmp_path, [*log, *other]), "--json"))
    assert [(one["name"], one["code"]) for one in said["skipped"]] == [
        ("call-1", "other-playbook"),
        ("call-2", "log-incomplete"),
    ]


def test_a_directory_without_a_database_is_an_error(tmp_path: Path) -> None:
    result = livecue(tmp_path, written(tmp_path / "small.yaml", RULES))
    assert getattr(result.exception, "code", None) == "no-calls"
    assert not (tmp_path / "data").exists()
