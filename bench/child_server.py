"""A real ``livecue serve`` as a child process: what the benchmarks load."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from assist.errors import UnavailableError
from bench.processes import ProcessUse, end_process, read_tree
from bench.scrape import Scrape, read_scrape
from gateway.first_run import read_local_key

READY_S = 120.0
"""How long a server may take until it is ready: it loads a model."""

STOP_S = 60.0
POLL_S = 0.1
LAST_LINES = 20


@dataclass(frozen=True, slots=True)
class ChildServer:
    """A server that is ready for calls."""

    pid: int
    url: str
    key: str
    http: httpx.AsyncClient
    data_dir: Path

    @property
    def ingest_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/ingest/v1"

    def use(self) -> ProcessUse:
        return read_tree(self.pid)

    async def scrape(self) -> Scrape:
        """Its metrics now."""
        return read_scrape((await self.http.get("/metrics")).text)


@asynccontextmanager
async def child_server(changes: Mapping[str, str]) -> AsyncGenerator[ChildServer]:
    """A server with this process's settings, on a free port, in a data directory of its own that is removed again; it
    holds no prompt out.

    ``changes`` are environment variables on top. Raises UnavailableError "bench-server" when it does not get ready.
    """
    with TemporaryDirectory(prefix="livecue-bench-", ignore_cleanup_errors=True) as directory:
        own = {
            "LIVECUE_DATA_DIR": directory,
            "LIVECUE_STORE": "",
            "LIVECUE_BUS": "memory",
            "LIVECUE_EXPERIMENTS__HOLD_OUTS": "false",
            "LIVECUE_LOG__LEVEL": "warning",
            "LIVECUE_LOG__FORMAT": "json",
            "NO_COLOR": "1",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "livecue", "serve", "--host", "127.0.0.1", "--port", "0"),
            env={**os.environ, **own, **changes},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        log = _Log(process.stderr)
        reading = asyncio.create_task(log.read(), name="server log")
        try:
            url = await _started(process, log)
            async with httpx.AsyncClient(base_url=url, timeout=30.0, trust_env=False) as http:
                await _ready(http, log)
                yield ChildServer(
                    process.pid, url, read_local_key(Path(directory) / "cli-key") or "", http, Path(directory)
                )
        finally:
            await end_process(process, within_s=STOP_S)
            await reading


class _Log:
    """The server's standard error: where it listens, and its last words."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self._lines = lines
        self.last: list[str] = []
        self.url: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def read(self) -> None:
        async for line in self._lines:
            text = line.decode(errors="replace")
            self.last = [*self.last, text][-LAST_LINES:]
            if not self.url.done() and (found := re.search(r"http://127\.0\.0\.1:\d+", text)):
                self.url.set_result(found[0])

    def failure(self) -> UnavailableError:
        return UnavailableError(
            f"The server to be measured does not get ready: {''.join(self.last).strip()}", code="bench-server"
        )


async def _started(process: asyncio.subprocess.Process, log: _Log) -> str:
    ended = asyncio.create_task(process.wait(), name="server end")
    await asyncio.wait({ended, log.url}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not log.url.done():
        raise log.failure()
    return log.url.result()


async def _ready(http: httpx.AsyncClient, log: _Log) -> None:
    try:
        async with asyncio.timeout(READY_S):
            while not (await http.get("/readyz")).is_success:  # noqa: ASYNC110 -- another process's state has no event
                await asyncio.sleep(POLL_S)
    except (TimeoutError, httpx.HTTPError) as error:
        raise log.failure() from error
