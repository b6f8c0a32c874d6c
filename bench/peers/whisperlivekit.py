"""WhisperLiveKit with faster-whisper and LocalAgreement, in a virtual environment and a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from assist.errors import UnavailableError
from bench.peers.pacing import paced
from bench.peers.streams import Screen, Shown, Stream
from bench.processes import end_process
from gateway.listening import base_url, bind

VERSION = "0.2.26"
STEPS: Sequence[Sequence[str]] = (
    ("torch==2.13.0",),  # alone and first: as a dependency it would bring gigabytes of CUDA
    (f"whisperlivekit=={VERSION}", "faster-whisper==1.2.1"),
)
INSTALL_S = 1_200.0
READY_S = 120.0
STOP_S = 15.0
POLL_S = 0.2
SILENT_SPEAKER = -2


@dataclass(frozen=True, slots=True)
class WhisperLiveKit:
    """A running server."""

    pid: int
    url: str

    async def play(self, stream: Stream, *, wait_s: float) -> Screen:
        """One stream at the pace of speech; what comes later than ``wait_s`` after its end is not waited for."""
        loop = asyncio.get_running_loop()
        screen = Screen(stream)
        async with connect(f"ws{self.url.removeprefix('http')}/asr", max_size=None, proxy=None) as socket:
            zero_s = loop.time()
            async with asyncio.TaskGroup() as group:
                sender = group.create_task(_send(socket, stream, zero_s), name="peer sender")
                try:
                    async with asyncio.timeout_at(zero_s + stream.duration_ms / 1000 + wait_s):
                        await _receive(socket, screen, zero_s)
                except (TimeoutError, ConnectionClosed):
                    screen.is_complete = False
                sender.cancel()
        return screen


@asynccontextmanager
async def whisper_live_kit(model_dir: Path, environment: Path) -> AsyncGenerator[WhisperLiveKit]:
    """The server, ready for streams. Raises UnavailableError "peer-failed"."""
    with bind("127.0.0.1", 0) as listener:
        url = base_url(listener)
    process = await asyncio.create_subprocess_exec(
        environment / "bin" / "wlk",
        *("--host", "127.0.0.1", "--port", url.rpartition(":")[2]),
        *("--backend", "faster-whisper", "--backend-policy", "localagreement", "--model_dir", str(model_dir)),
        *("--lan", "zh", "--pcm-input", "--warmup-file", "", "--min-chunk-size", "0.5"),
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _ready(url)
        yield WhisperLiveKit(process.pid, url)
    finally:
        await end_process(process, within_s=STOP_S)


async def install(environment: Path) -> None:
    """Make the virtual environment unless it is there. Raises UnavailableError "peer-failed"."""
    if (environment / "bin" / "wlk").exists():
        return
    await _run(sys.executable, "-m", "venv", str(environment))
    for packages in STEPS:
        await _run(str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(INSTALL_S):
            status = await process.wait()
    except TimeoutError:
        await end_process(process, within_s=STOP_S)
        status = None
    if status != 0:
        raise UnavailableError("WhisperLiveKit cannot be installed; see what pip said.", code="peer-failed")


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for _ in range(round(READY_S / POLL_S)):
            try:
                if (await http.get("/health")).json()["ready"]:
                    return
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            await asyncio.sleep(POLL_S)
    raise UnavailableError("WhisperLiveKit does not get ready.", code="peer-failed")


async def _send(socket: ClientConnection, stream: Stream, zero_s: float) -> None:
    try:
        async for chunk in paced(stream, zero_s):
            await socket.send(chunk)
        await socket.send(b"")  # the end, in its protocol
    except ConnectionClosed:
        return


async def _receive(socket: ClientConnection, screen: Screen, zero_s: float) -> None:
    """Note every message until the server has nothing more to say."""
    loop = asyncio.get_running_loop()
    async for text in socket:
        message: dict[str, Any] = json.loads(text)
        if message.get("type") == "ready_to_stop":
            screen.is_complete = True
            return
        if "lines" in message:
            screen.shown.append(_shown((loop.time() - zero_s) * 1000, message))


def _shown(at_ms: float, message: dict[str, Any]) -> Shown:
    return Shown(
        at_ms,
        settled="".join(line["text"] for line in message["lines"] if line["speaker"] != SILENT_SPEAKER),
        open=message["buffer_transcription"],
        own_lag_ms=1000 * float(message["remaining_time_transcription"]),
    )
