"""A TCP proxy whose connections a test can cut, as a bad network does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

CHUNK_BYTES = 64 * 1024


class CuttableProxy:
    """Forwards connections to ``target`` until ``cut``; refuses new ones while ``is_down``.

    ``cuts``: after so many bytes from clients, over all connections, all that are open are cut.
    """

    def __init__(self, target: tuple[str, int], cuts: Sequence[int]) -> None:
        self._target = target
        self.cuts = sorted(cuts)
        """Those to come."""
        self._forwarded_bytes = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_down = False
        self.port = 0
        self.accepted = 0

    def cut(self) -> None:
        """Reset every connection that is open."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        self.accepted += 1
        back_reader, back_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, back_writer, self._count))
                group.create_task(self._pump(back_reader, writer, lambda _: None))
        finally:
            self._writers -= {writer, back_writer}
            for end in (writer, back_writer):
                with suppress(ConnectionError):
                    end.close()
                    await end.wait_closed()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Callable[[int], None]
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(CHUNK_BYTES):
                writer.write(data)
                await writer.drain()
                passed(len(data))
        writer.transport.abort()

    def _count(self, sent_bytes: int) -> None:
        self._forwarded_bytes += sent_bytes
        if self.cuts and self._forwarded_bytes >= self.cuts[0]:
            del self.cuts[0]
            self.cut()


@asynccontextmanager
async def cuttable_proxy(port: int, *, cuts: Sequence[int] = ()) -> AsyncGenerator[CuttableProxy]:
    """A proxy on a free loopback port in front of the loopback port given."""
    proxy = CuttableProxy(("127.0.0.1", port), cuts)
    server = await asyncio.start_server(proxy.serve_one, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
