"""Serving a service on a port, and stopping in the right order: calls first, then sockets."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from assist.errors import ConfigurationError
from gateway.app import create_app
from gateway.service import Service

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
DEAD_PEER_S = 30
"""How long a peer may leave bytes or probes of the kernel unanswered; then its connection is gone."""

KEEPALIVE_PROBES = 3


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
    service: Service,
    *,
    listener: socket.socket,
    on_listening: Callable[[str], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve on a socket from ``bind`` until SIGINT, SIGTERM or ``stop``; ``on_listening`` gets the base URL."""
    limits = service.settings.limits
    config = uvicorn.Config(
        create_app(service),
        ws="websockets-sansio",
        ws_max_size=limits.frame_bytes,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_TIMEOUT_S,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(limits.shutdown_s),
    )
    server = LivecueServer(config, service)
    async with service.running(), asyncio.TaskGroup() as group:
        stopper = group.create_task(_exit_at(server, stop), name="stopper") if stop is not None else None
        on_listening(base_url(listener))
        await server.serve(sockets=[listener])
        if stopper is not None:
            stopper.cancel()


async def _exit_at(server: LivecueServer, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def bind(host: str, port: int) -> socket.socket:
    """A bound listening socket. Raises ConfigurationError "port-taken" or "bad-host"."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise ConfigurationError(f"There is no address {host!r}; set LIVECUE_HOST.", code="bad-host") from error
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _give_up_dead_peers(bound)
    try:
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port.", code="port-taken"
        ) from error
    return bound


def _give_up_dead_peers(listener: socket.socket) -> None:
    """A peer that vanished without a word must not hold a descriptor; accepted sockets inherit this on Linux.

    RFC 5482 bounds the wait for acknowledgements, keep-alive probes find peers to which nothing is sent.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        for option, value in (
            (socket.TCP_KEEPIDLE, DEAD_PEER_S),
            (socket.TCP_KEEPINTVL, DEAD_PEER_S // KEEPALIVE_PROBES),
            (socket.TCP_KEEPCNT, KEEPALIVE_PROBES),
            (socket.TCP_USER_TIMEOUT, DEAD_PEER_S * 1000),
        ):
            listener.setsockopt(socket.IPPROTO_TCP, option, value)


def base_url(bound: socket.socket) -> str:
    """The address a browser on this machine would type."""
    host, port = bound.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
