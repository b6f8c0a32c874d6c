"""The README's phone platform in twenty lines brings a call to a real server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
import soundfile as sf

from tests.support.livecue_process import LivecueProcess, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client_code() -> str:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds of a demo call as WAV."""
    samples, rate_hz = sf.read(ROOT / "examples" / "calls" / "01-cross-sell.flac", dtype="int16", frames=16_000)
    path = tmp_path / "call.wav"
    sf.write(path, samples, rate_hz, subtype="PCM_16")
    return path


async def run_client(code: str, recording: Path, server: LivecueProcess) -> str:
    """Standard output of the README's program against the server."""
    environment = os.environ | {"LIVECUE_KEY": local_key(server)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code.replace("127.0.0.1:8765", f"127.0.0.1:{server.port}"), str(recording)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


def local_key(server: LivecueProcess) -> str:
    return (server.data_dir / "cli-key").read_text(encoding="ascii").strip()


async def test_readme_client_brings_a_call_and_gets_the_ledger(
    client_code: str, recording: Path, tmp_path: Path
) -> None:
    async with serving(tmp_path / "data") as server:
        output = await run_client(client_code, recording, server)
    messages = [json.loads(line) for line in output.splitlines()]
    assert messages[0]["type"] == "opened"
    assert messages[-1]["type"] == "closed"
    assert [leg["received_ms"] for leg in messages[-1]["ledger"]] == [2_000, 2_000]
