"""Sound at the pace of speech."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bench.peers.streams import CHUNK_MS, RATE_HZ, SAMPLE_BYTES, Stream

CHUNK_BYTES = RATE_HZ * CHUNK_MS // 1000 * SAMPLE_BYTES


async def paced(stream: Stream, zero_s: float) -> AsyncIterator[bytes]:
    """Each chunk at its end on the clock that began at ``zero_s``, as a phone would have it."""
    loop = asyncio.get_running_loop()
    for offset in range(0, len(stream.pcm), CHUNK_BYTES):
        chunk = stream.pcm[offset : offset + CHUNK_BYTES]
        due_s = zero_s + (offset + len(chunk)) / (RATE_HZ * SAMPLE_BYTES)
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        yield chunk
