"""Live calls from a process of their own, so that whoever measures something else meanwhile does not carry them.

Usage: python -m bench.pouring URL KEY RECORDING CALLS     (until it is ended)
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from asr.audio.files import Recording
from assist.errors import LivecueError
from assist.messages import Party
from bench.child_server import ChildServer
from bench.processes import end_process
from gateway.call_audio import CallAudio
from gateway.client import CallClient
from gateway.sources.native_messages import Media, Open

PARTIES: tuple[Party, Party] = ("agent", "customer")
END_S = 5.0


@asynccontextmanager
async def live_calls(server: ChildServer, recording: Path, calls: int) -> AsyncGenerator[None]:
    """So many calls at real speed, one after the other, as long as the context is open."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.pouring", server.ingest_url, server.key, str(recording), str(calls)),
    )
    try:
        yield
    finally:
        await end_process(process, within_s=END_S)


async def pour(url: str, key: str, file: Path, calls: int) -> None:
    """Play a recording again and again on each of so many connections."""
    with Recording(file) as recording:
        media = Media(encoding="pcm_s16le", rate_hz=recording.rate_hz, channels=PARTIES)
        audio = CallAudio(media, b"".join(block.astype("<i2").tobytes() for block in recording.blocks(1_000)))

    async def one() -> None:
        while True:
            with suppress(LivecueError):
                await CallClient(url, key, Open(media=media), audio).run()

    async with asyncio.TaskGroup() as group:
        for _ in range(calls):
            group.create_task(one())


if __name__ == "__main__":
    asyncio.run(pour(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
