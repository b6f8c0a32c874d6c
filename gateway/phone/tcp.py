"""AudioSocket's port: TCP connections of Asterisk, bounded in number, for as long as the service runs."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from assist.ports import EventBus
from gateway.expected_calls import ExpectedCalls
from gateway.listening import ACCEPTED_A_PASS, bind, waiting
from gateway.phone.connection import SourceConnection, SourceMetrics
from gateway.phone.switchboard import Switchboard
from gateway.source_settings import AudioSocketSettings
from gateway.sources.audiosocket import audiosocket_codecs
from gateway.sources.codec import SourceCodec
from gateway.wire import PeerGoneError, PeerLeft, Wire

log = logging.getLogger(__name__)

SOURCE: Final = "audiosocket"
READ_BYTES: Final = 1 << 16
LINGER_S: Final = 1.0
"""How long a peer that was told of the end may take to go."""
RETRY_S: Final = 0.5
"""Between two attempts to accept while the process has no descriptors left."""


class TcpWire:
    """A TCP connection that was accepted."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self) -> str | bytes | PeerLeft:
        """A piece of any length."""
        try:
            piece = await self._reader.read(READ_BYTES)
        except OSError:
            return PeerLeft(is_clean=False)
        return piece or PeerLeft(is_clean=True)

    async def send(self, message: str | bytes) -> None:
        try:
            self._writer.write(message.encode() if isinstance(message, str) else message)
            await self._writer.drain()
        except OSError as error:
            raise PeerGoneError from error

    async def close(self, code: int, reason: str) -> None:
        """Say that nothing more comes; what the peer still sends is taken by ``linger``."""
        if self._writer.is_closing():
            return
        try:
            self._writer.write_eof()
        except OSError as error:
            raise PeerGoneError from error

    async def linger(self) -> None:
        """Let the peer hear the end: a close with unread bytes in it would take back what was sent last (RFC 1122)."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while not isinstance(await self.receive(), PeerLeft):
                    pass

    async def let_go(self) -> None:
        """Give the descriptor back."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


class AudioSocketPort:
    """Listens, and hands every connection on; ``serve`` carries one to its end."""

    def __init__(
        self,
        settings: AudioSocketSettings,
        *,
        open_codec: Callable[[], SourceCodec],
        serve: Callable[[Wire, SourceCodec], Coroutine[Any, Any, None]],
        remark: Callable[[str], None],
    ) -> None:
        """``remark`` is told the code of what is odd about the port itself."""
        self._settings = settings
        self._open_codec = open_codec
        self._serve = serve
        self._remark = remark
        self._connections: set[asyncio.Task[None]] = set()
        self._is_full = False
        """So many that the last one was turned away: said once in the log."""
        self.number: int | None = None
        """The TCP port that is listened on."""

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._connections)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Serve connections inside, if the settings want it; those that are left on the way out are cut off.

        Raises ConfigurationError "port-taken" or "bad-host".
        """
        if not self._settings.enabled:
            yield
            return
        hint = "change LIVECUE_SOURCES__AUDIOSOCKET__HOST or …__PORT"
        with bind(self._settings.host, self._settings.port, hint=hint) as listener:
            listener.setblocking(False)
            host, self.number = listener.getsockname()[:2]
            self._say_where(host)
            async with asyncio.TaskGroup() as group:
                accepting = group.create_task(self._accept(group, listener), name="audiosocket port")
                try:
                    yield
                finally:
                    accepting.cancel()
                    for connection in self._connections:
                        connection.cancel()

    def _say_where(self, host: str) -> None:
        log.info("audiosocket is listening", extra={"host": host, "port": self.number})
        if not ipaddress.ip_address(host).is_loopback:
            log.warning(
                "audiosocket has neither keys nor TLS: let nothing but the switch reach it", extra={"host": host}
            )
        if self._settings.unsigned:
            log.warning("audiosocket lets connections in that nobody announced; for development only")

    async def _accept(self, group: asyncio.TaskGroup, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listener)
                self._let_in(group, accepted)
                for another in waiting(listener, ACCEPTED_A_PASS - 1):
                    self._let_in(group, another)
            except OSError as error:
                log.error("audiosocket cannot accept a connection", extra={"reason": error.strerror})
                await asyncio.sleep(RETRY_S)

    def _let_in(self, group: asyncio.TaskGroup, accepted: socket.socket) -> None:
        if len(self._connections) >= self._settings.connections:
            accepted.close()
            self._remark("too-many-connections")
            if not self._is_full:
                log.warning("audiosocket has all the connections that it may have")
            self._is_full = True
            return
        self._is_full = False
        task = group.create_task(self._carry(accepted), name="audiosocket connection")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _carry(self, accepted: socket.socket) -> None:
        """One connection, whose failure is nobody else's."""
        try:
            reader, writer = await asyncio.open_connection(sock=accepted)
        except OSError:
            accepted.close()
            return
        wire = TcpWire(reader, writer)
        try:
            await self._serve(wire, self._open_codec())
            await wire.linger()
        except Exception:
            log.exception("a connection of audiosocket failed")
        finally:
            await wire.let_go()


def audiosocket_port(
    settings: AudioSocketSettings,
    *,
    expected: ExpectedCalls,
    switchboard: Switchboard,
    bus: EventBus,
    metrics: SourceMetrics,
) -> AudioSocketPort:
    """The port of a service."""

    async def serve(wire: Wire, codec: SourceCodec) -> None:
        connection = SourceConnection(wire, codec, source=SOURCE, switchboard=switchboard, bus=bus, metrics=metrics)
        await connection.serve()

    return AudioSocketPort(
        settings,
        open_codec=audiosocket_codecs(settings, expected),
        serve=serve,
        remark=lambda code: metrics.remarked(SOURCE, code),
    )
