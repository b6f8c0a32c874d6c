"""Sockets that listen, and what is done on all of them about peers that vanish."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

from assist.errors import ConfigurationError

DEAD_PEER_S = 30
"""How long a peer may leave bytes or probes of the kernel unanswered; then its connection is gone."""

KEEPALIVE_PROBES = 3

ACCEPTED_A_PASS = 32
"""Connections that are taken before the event loop goes on to other work."""


def bind(host: str, port: int, *, hint: str = "set LIVECUE_HOST, or choose another port with --port") -> socket.socket:
    """A bound listening socket; ``hint`` says what to change. Raises ConfigurationError "port-taken" or "bad-host"."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise ConfigurationError(f"There is no address {host!r}: {hint}.", code="bad-host") from error
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _give_up_dead_peers(bound)
    try:
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"Port {port} of {host} cannot be used ({error.strerror}): {hint}.", code="port-taken"
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


def as_many(listener: socket.socket, descriptors: int = ACCEPTED_A_PASS) -> list[socket.socket]:
    """The socket under so many descriptors, itself the first; the caller closes all of them.

    libuv takes one connection from each descriptor, then goes round the whole event loop (libuv/libuv pull request
    3696): with one descriptor, the last of fifty connections waits for fifty passes with all that is done in them.
    """
    return [listener, *(listener.dup() for _ in range(descriptors - 1))]


def waiting(listener: socket.socket, most: int) -> Iterator[socket.socket]:
    """Connections that are here already, of a non-blocking listener: waiting for each takes a pass. Raises OSError."""
    with suppress(BlockingIOError):
        for _ in range(most):
            accepted, _ = listener.accept()
            accepted.setblocking(False)
            yield accepted


def base_url(bound: socket.socket) -> str:
    """The address a browser on this machine would type."""
    host, port = bound.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
