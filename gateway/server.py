"""Serving a service on a port, and stopping in the right order: calls first, then sockets."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from assist.errors import ConfigurationError
from gateway.app import create_app
from gateway.service import Service

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
MESSAGE_LIMIT_BYTES = 1 << 20


class LivecueServer(uvicorn.Server):
    """Closes the calls while their sockets are still open, so that phone platforms get their ``closed``."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop on SIGINT and SIGTERM; unlike uvicorn's, the signal does not kill us once everything is closed."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._service.stop_calls()
        await super().shutdown(sockets)


async def serve(
    service: Service, *, on_listening: Callable[[str], None] = lambda _: None, listener: socket.socket | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; ``on_listening`` gets the base URL.

    Raises ConfigurationError "port-taken".
    """
    settings = service.settings
    config = uvicorn.Config(
        create_app(service),
        ws="websockets-sansio",
        ws_max_size=settings.limits.frame_bytes,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_TIMEOUT_S,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.limits.shutdown_s),
    )
    bound = listener or bind(settings.host, settings.port)
    try:
        async with service.running():
            on_listening(base_url(bound))
            await LivecueServer(config, service).serve(sockets=[bound])
    finally:
        bound.close()


def bind(host: str, port: int) -> socket.socket:
    """A bound listening socket. Raises ConfigurationError "port-taken" or "bad-host"."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise ConfigurationError(f"There is no address {host!r}; set LIVECUE_HOST.", code="bad-host") from error
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port.", code="port-taken"
        ) from error
    return bound


def base_url(bound: socket.socket) -> str:
    """The address a browser on this machine would type."""
    host, port = bound.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
