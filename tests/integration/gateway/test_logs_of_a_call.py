"""What a whole call, from log-in to outcome, leaves in the logs."""

from __future__ import annotations

import io
import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from gateway.logs import configure_logs
from gateway.settings import LogSettings
from tests.support.fakes import ScriptedTranscriber
from tests.support.service import PASSWORD, SCRIPT, http_client, log_in, open_test_service, play


@pytest.fixture
def everything_logged() -> Generator[io.StringIO]:
    """All log output at the finest level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(LogSettings(level="debug", format="json"), stream)
    yield stream
    root.handlers[:], root.level = handlers, level


async def test_words_names_passwords_tokens_and_keys_stay_out_of_the_logs(
    tmp_path: Path, everything_logged: io.StringIO
) -> None:
    broken = ScriptedTranscriber(SCRIPT, break_at_ms={("broken", "customer"): 1_000})
    async with open_test_service(tmp_path, transcriber=broken) as service, http_client(service) as client:
        await log_in(client, service, "supervisor")
        token = client.cookies["livecue_session"]
        key = await service.accounts.add_key("pbx")
        await client.get("/api/v1/calls", headers={"x-api-key": key})
        await play(service, "c1")
        await play(service, "broken")
        (tmp_path / "playbooks" / "small.yaml").write_text("name: [", encoding="utf-8")
        await service.reload_playbooks()
        await client.get("/api/v1/calls/c1/transcript?format=text")
    logged = everything_logged.getvalue()
    assert "playbook taken over" in logged
    assert "a playbook is broken" in logged
    for secret in (PASSWORD, token, key, *(said.text for said in SCRIPT)):
        assert secret not in logged
