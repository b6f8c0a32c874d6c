"""Serving a service on a port, and stopping in the right order: calls first, then sockets."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from gateway.app import create_app
from gateway.compression import PlatformsMayCompress
from gateway.listening import as_many, base_url
from gateway.service import Service
from gateway.settings import LimitSettings

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0


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
    server = LivecueServer(config_of(create_app(service), service.settings.limits), service)
    async with service.running(), asyncio.TaskGroup() as group:
        stopper = group.create_task(_exit_at(server, stop), name="stopper") if stop is not None else None
        on_listening(base_url(listener))
        listeners = as_many(listener)
        try:
            await server.serve(sockets=listeners)
        finally:
            for one in listeners:
                one.close()
        if stopper is not None:
            stopper.cancel()


def config_of(app: FastAPI, limits: LimitSettings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        ws=PlatformsMayCompress,
        ws_max_size=limits.frame_bytes,
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_TIMEOUT_S,
        ws_per_message_deflate=False,  # but see PlatformsMayCompress
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # It would believe whoever comes from this machine, and so everything that a proxy on it passes on.
        proxy_headers=False,
        timeout_graceful_shutdown=int(limits.shutdown_s),
    )


async def _exit_at(server: LivecueServer, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
