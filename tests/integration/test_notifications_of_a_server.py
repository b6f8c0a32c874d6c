"""What rules notify of, from a served call: a receiver that fails at first, a kill, a restart, a recording."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from assist.messages import NotificationPushed
from assist.pushing.push import signature
from assist.stores import open_stores
from gateway.settings import Settings
from tests.support.livecue_process import run_livecue, serving
from tests.support.receiver import receiver

CALL = Path(__file__).parents[2] / "examples" / "calls" / "02-refused-then-pushed.flac"
SECRET = "a secret of the floor"
PLAYBOOK = """\
name: small
version: 1
title: 小剧本
rules:
  - id: refused
    title: 客户拒绝
    party: customer
    phrase: [不需要, 不用了]
    because: 客户说“{quote}”
    max_per_call: 1
    emit: {notify: floor}
"""


async def outcome(data_dir: Path, call_id: str) -> NotificationPushed:
    """Once it is on record; there is one."""
    async with open_stores(Settings(data_dir=data_dir).store_url) as stores, asyncio.timeout(60):
        while True:
            for one in await stores.calls.envelopes(call_id, types=["notification-pushed"]):
                assert isinstance(one.event, NotificationPushed)
                return one.event
            await asyncio.sleep(0.1)


async def test_word_arrives_once_over_a_failure_a_kill_and_a_restart_and_never_of_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, data_dir = tmp_path / "books", tmp_path / "data"
    books.mkdir()
    (books / "small.yaml").write_text(PLAYBOOK, encoding="utf-8")
    async with receiver((500, b"")) as floor:
        for name, value in {
            "PLAYBOOKS_DIR": str(books),
            "PLAYBOOK": "small",
            "CHANNELS__FLOOR__URL": floor.url,
            "CHANNELS__FLOOR__SECRET": SECRET,
            "CHANNELS__FLOOR__RETRY_FIRST_S": "0.1",
            "LIMITS__FINAL_WAIT_S": "60",
            "LIMITS__RECOGNISER_SHARE": "60",
        }.items():
            monkeypatch.setenv(f"LIVECUE_{name}", value)
        async with serving(data_dir) as server:
            url = f"ws://127.0.0.1:{server.port}"
            played = await run_livecue(data_dir, "call", str(CALL), "--url", url, "--speed", "10", "--json")
            (told,) = [one for one in played if one["event"]["type"] == "notification"]
            pushed = await outcome(data_dir, told["call_id"])
            await server.kill()
        async with serving(data_dir):
            transcribed = await run_livecue(tmp_path / "other", "transcribe", str(CALL), "--json")
    assert [one["event"]["type"] for one in transcribed].count("notification") == 1
    assert [headers["idempotency-key"] for headers, _ in floor.got] == [f"{told['call_id']}:{told['seq']}"] * 2
    for headers, body in floor.got:
        assert headers["livecue-signature"] == f"v1={signature(SECRET, headers['livecue-timestamp'], body)}"
        assert json.loads(body)["rule"] == "refused@1"
    assert (pushed.state, pushed.attempts) == ("delivered", 2)
    assert await outcome(data_dir, told["call_id"]) == pushed
