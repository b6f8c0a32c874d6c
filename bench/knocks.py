"""Many connections at once, as platforms make them, and when the server answered each.

The client measures itself: an answer counts when the kernel received it, not when this process got round to it, and
what the client lets an answer wait before it goes on is told apart (``client_ms``). Nobody leaves before everybody is
answered, so that no closing is in the figures.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

ANSWER_S = 30.0
"""Then a connection counts as not answered."""
READ_BYTES = 1 << 16
_SO_TIMESTAMPNS = 35
"""Linux: the kernel says when it received what is read; not among Python's names."""
_TIMESPEC = struct.Struct("qq")


@dataclass(frozen=True, slots=True)
class Greeting:
    """How a platform begins."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    subprotocol: str | None = None
    first: Sequence[str] = ()
    is_answer: Callable[[dict[str, Any]], bool] | None = None
    """Whether a message is the protocol's own "opened"; None: it has none."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How long one connection waited for the server; None: no answer."""

    upgrade_ms: float | None
    """From the beginning of the connection."""
    opened_ms: float | None
    """With the upgrade; without what the client took in between. None, too, where the protocol has no answer."""
    client_ms: float
    """What the client took after the upgrade until it had said what the platform says first."""


def knock(url: str, greetings: Sequence[Greeting]) -> Sequence[Waited]:
    """All at once, each until it is answered, and none gone before; takes up to ``ANSWER_S``."""
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        visitors = [stack.enter_context(_Visitor(url, greeting)) for greeting in greetings]
        for visitor in visitors:
            visitor.ask()
            selector.register(visitor.socket, selectors.EVENT_READ, visitor)
        until_s = time.monotonic() + ANSWER_S
        while selector.get_map() and (left_s := until_s - time.monotonic()) > 0:
            for key, _ in selector.select(left_s):
                key.data.listen()
                if key.data.is_done:
                    selector.unregister(key.fileobj)
        return [visitor.waited for visitor in visitors]


class _Visitor:
    """One connection."""

    def __init__(self, url: str, greeting: Greeting) -> None:
        self._greeting = greeting
        address = urlsplit(url)
        self._address = address.hostname, address.port
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):  # elsewhere the moment of reading has to do
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._protocol = ClientProtocol(
            parse_uri(f"ws://{address.netloc}{greeting.path}"),
            subprotocols=[Subprotocol(greeting.subprotocol)] if greeting.subprotocol else None,
        )
        self._asked_ns = self._upgraded_ns = self._greeted_ns = self._opened_ns = 0
        self.is_done = False

    def __enter__(self) -> _Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def waited(self) -> Waited:
        upgrade_ms = (self._upgraded_ns - self._asked_ns) / 1e6 if self._upgraded_ns else None
        opened_ms = None
        if upgrade_ms is not None and self._opened_ns:
            opened_ms = upgrade_ms + (self._opened_ns - self._greeted_ns) / 1e6
        return Waited(upgrade_ms, opened_ms, max(0.0, (self._greeted_ns - self._upgraded_ns) / 1e6))

    def ask(self) -> None:
        """Connect, and send the request."""
        request = self._protocol.connect()
        for name, value in self._greeting.headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._asked_ns = time.time_ns()
        self.socket.connect(self._address)
        self._send()

    def listen(self) -> None:
        """Take what has come, and say what comes next."""
        try:
            data, received_ns = self._receive()
        except OSError:
            self.is_done = True
            return
        if not data:
            self.is_done = True
            return
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._greet(received_ns)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._hear(bytes(event.data), received_ns)

    def _greet(self, received_ns: int) -> None:
        if isinstance(self._protocol.handshake_exc, WebSocketException):
            self.is_done = True
            return
        self._upgraded_ns = received_ns
        for text in self._greeting.first:
            self._protocol.send_text(text.encode())
        self._greeted_ns = time.time_ns()
        self._send()
        self.is_done = self._greeting.is_answer is None

    def _hear(self, text: bytes, received_ns: int) -> None:
        if not self.is_done and self._greeting.is_answer is not None and self._greeting.is_answer(json.loads(text)):
            self._opened_ns = received_ns
            self.is_done = True

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            self.socket.sendall(data)

    def _receive(self) -> tuple[bytes, int]:
        """What has come, and when the last of it was received, in nanoseconds since the epoch."""
        data, ancillary, _, _ = self.socket.recvmsg(READ_BYTES, socket.CMSG_SPACE(_TIMESPEC.size))
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = _TIMESPEC.unpack_from(value)
                return data, seconds * 1_000_000_000 + nanoseconds
        return data, time.time_ns()
