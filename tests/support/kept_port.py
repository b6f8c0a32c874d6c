"""Ports for servers that are told their number before they start, and come back to it after a stop."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

PORTS = range(16_000, 32_000)
"""Below those that Linux gives to whoever asks for any, 32768 and up (``ip_local_port_range``): while the server is
away, neither a connection of ours nor a server of another worker comes by its number."""
ATTEMPTS = 50


def kept_port() -> int:
    """A loopback port on which nobody listens. Raises RuntimeError if all that are drawn are taken."""
    # Not the module's own generator: hypothesis seeds it alike in every worker.
    for port in random.SystemRandom().sample(PORTS, ATTEMPTS):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError(f"{ATTEMPTS} ports of {PORTS} are taken.")
