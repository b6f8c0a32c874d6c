"""An HTTP server on the loopback that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = tuple[int, bytes] | None
"""Status and body; None: never."""


@dataclass
class Receiver:
    """A HTTP server that answers as it is told and remembers what it got."""

    answers: list[Answer] = field(default_factory=list[Answer])
    """One for each request; then 200."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    async def count(self, number: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.got) >= number)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            if head.startswith("HEAD "):
                writer.write(b"HTTP/1.1 405 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                return
            body = await reader.readexactly(int(headers["content-length"]))
            answer = self.answers.pop(0) if self.answers else (200, b"{}")
            async with self.arrived:
                self.got.append((headers, body))
                self.arrived.notify_all()
            if answer is None:
                await reader.read()
                return
            status, content = answer
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n".encode())
            writer.write(content)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def receiver(*answers: Answer) -> AsyncGenerator[Receiver]:
    made = Receiver(list(answers))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/wrap-ups"
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
