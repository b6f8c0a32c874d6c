"""The websocket of somebody who is logged in: bounded JSON texts in, an outbox out, while the session lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.websockets import WebSocket

from assist.errors import AuthenticationError, LivecueError, ProtocolError
from assist.stores.accounts import User
from gateway.frames import Correlation, TextMeter, correlation, read_object
from gateway.outbox import Outbox, Sender
from gateway.sessions import WatchedSession
from gateway.wire import PeerLeft, WebsocketWire

T = TypeVar("T")

Act = Callable[[Mapping[str, Any]], None]
"""Does what a message asks for. Raises LivecueError."""
Fail = Callable[[LivecueError, Correlation | None], None]
"""Tells the person, in answer to a message that named itself, or to none."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of what a person's page may send; each with its unit."""

    frame_bytes: int = 65_536
    texts_per_s: int = 50
    close_timeout_s: float = 5.0
    """How long a page may take to accept the last messages."""


class PersonSocket(Generic[T]):
    """An accepted websocket with its outbox; one task runs ``read``, one ``watch_session``, one ``send``."""

    def __init__(
        self,
        socket: WebSocket,
        session: WatchedSession,
        outbox: Outbox[T],
        encode: Callable[[Sequence[T]], Iterable[str]],
        *,
        fail: Fail,
        limits: SocketLimits,
    ) -> None:
        self._session = session
        self._outbox = outbox
        self._fail = fail
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._meter = TextMeter(limits.texts_per_s)
        self._wire = WebsocketWire(socket)
        self._sender = Sender(self._wire, outbox, encode, close_timeout_s=limits.close_timeout_s)

    @property
    def user(self) -> User:
        """Whose session it is, as last seen."""
        return self._session.user

    @property
    def is_finishing(self) -> bool:
        """Whether the person is sent away."""
        return self._sender.is_finishing

    def finish(self, close_code: int, reason: str = "") -> None:
        """Send what waits, then close."""
        self._sender.finish(close_code, reason)

    async def send(self) -> None:
        """Send until ``finish`` or until the page is gone."""
        await self._sender.run()

    async def watch_session(self) -> None:
        """A log-out, a new password or a disabled user ends what is already open, too."""
        await self._session.ended.wait()
        self._fail(AuthenticationError("The session is over; log in again."), None)

    async def read(self, act: Act) -> None:
        """Hand on what comes until the page is gone or sent away; never waits for anything else."""
        while not self.is_finishing:
            frame = await self._wire.receive()
            if isinstance(frame, PeerLeft):
                self._outbox.abort()
                return
            fields: Mapping[str, Any] = {}
            try:
                fields = self._fields(frame)
                act(fields)
            except LivecueError as error:
                self._fail(error, correlation(fields))
            await asyncio.sleep(0)  # a burst that is already here must not keep others waiting

    def _fields(self, frame: str | bytes) -> Mapping[str, Any]:
        if len(frame) > self._limits.frame_bytes:
            raise ProtocolError(f"Frames may hold {self._limits.frame_bytes} bytes.", code="frame-too-large")
        if not self._meter.admit(self._loop.time() - self._began_s):
            raise ProtocolError(f"More than {self._limits.texts_per_s} texts in a second.", code="text-flood")
        if isinstance(frame, bytes):
            raise ProtocolError("Frames must be JSON text.")
        return read_object(frame)
