"""A TCP proxy whose connections a test can cut, as a bad network does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from assist.notice import Notice

CHUNK_BYTES = 64 * 1024


class CuttableProxy:
    """Forwards connections to ``target`` until ``cut``; refuses new ones while ``is_down``."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_down = False
        self.port = 0
        self.accepted = 0
        self._changed = Notice()

    def cut(self) -> None:
        """Reset every connection that is open."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def cut_every(self, seconds: float, *, times: int) -> None:
        """Reset all connections again and again."""
        for _ in range(times):
            await asyncio.sleep(seconds)
            self.cut()

    async def cut_each(self, seconds: float, *, times: int) -> None:
        """Reset so many connections one after the other, each so long after it was made."""
        for number in range(1, times + 1):
            while self.accepted < number:
                await self._changed.wait()
            await asyncio.sleep(seconds)
            self.cut()

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        self.accepted += 1
        self._changed.notify()
        back_reader, back_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, back_writer))
                group.create_task(self._pump(back_reader, writer))
        finally:
            self._writers -= {writer, back_writer}
            for end in (writer, back_writer):
                with suppress(ConnectionError):
                    end.close()
                    await end.wait_closed()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK_BYTES):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def cuttable_proxy(port: int) -> AsyncGenerator[CuttableProxy]:
    """A proxy on a free loopback port in front of the loopback port given."""
    proxy = CuttableProxy(("127.0.0.1", port))
    server = await asyncio.start_server(proxy.serve_one, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
