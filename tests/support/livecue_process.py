"""The installed command as a user runs it: a real server process on a free port, and commands against it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

LIVECUE = Path(sys.executable).parent / "livecue"
READY_S = 200.0
"""Within the time limit of a test: a start is slow where the sentences of playbooks are read for the first time."""


@dataclass(slots=True)
class LivecueProcess:
    """A running ``livecue serve``."""

    process: asyncio.subprocess.Process
    url: str
    data_dir: Path

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    async def kill(self) -> None:
        """As ``kill -9`` does."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def environment(data_dir: Path) -> Mapping[str, str]:
    """Of a command that tests compare with others: which calls are held out of what is drawn by their ids."""
    own = {"LIVECUE_DATA_DIR": str(data_dir), "LIVECUE_LOG__FORMAT": "json", "NO_COLOR": "1"}
    return os.environ | own | {"LIVECUE_EXPERIMENTS__HOLD_OUTS": "false"}


async def run_livecue(data_dir: Path, *arguments: str) -> list[Any]:
    """Run a command to its end; its standard output as JSON lines. Fails with what it wrote to standard error."""
    process = await asyncio.create_subprocess_exec(
        LIVECUE,
        *arguments,
        env=environment(data_dir),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    return [json.loads(line) for line in output.splitlines()]


@asynccontextmanager
async def serving(data_dir: Path) -> AsyncGenerator[LivecueProcess]:
    """``livecue serve``, ready for calls; stopped at the end unless it was killed."""
    process = await asyncio.create_subprocess_exec(
        LIVECUE,
        "serve",
        "--port",
        "0",
        env=environment(data_dir),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(READY_S):
            url = await _address(process.stderr)
            reading = asyncio.create_task(_drain(process.stderr), name="server's standard error")
            await _ready(url)
        yield LivecueProcess(process, url, data_dir)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        if reading is not None:
            await reading


async def _address(lines: asyncio.StreamReader) -> str:
    seen: list[str] = []
    async for line in lines:
        seen.append(line.decode())
        if found := re.search(r"http://127\.0\.0\.1:\d+", seen[-1]):
            return found[0]
    raise AssertionError("the server ended before it listened:\n" + "".join(seen))


async def _drain(lines: asyncio.StreamReader) -> None:
    async for _ in lines:
        pass


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(int(READY_S * 10)):
            if (await client.get("/readyz")).status_code == 200:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the server does not get ready")
