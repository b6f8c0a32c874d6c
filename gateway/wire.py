"""One message-carrying connection to a peer, whatever it runs over: a websocket here, TCP elsewhere."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

NO_CODE: Final = 1005
"""A close frame without a code, RFC 6455 section 7.4.1."""
CLEAN_CLOSES: Final = frozenset({1000, 1001, NO_CODE})


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The peer has gone."""

    is_clean: bool
    """It said so: a close frame without a complaint, or the end of its TCP stream."""


class PeerGoneError(Exception):
    """Sending to a peer that has gone."""


class Wire(Protocol):
    """A connection that stands; one reader, one writer."""

    async def receive(self) -> str | bytes | PeerLeft:
        """The next message, or that there is none; may be cancelled without losing one."""
        ...

    async def send(self, message: str | bytes) -> None:
        """Waits while the peer takes nothing. Raises PeerGoneError."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """``code`` and ``reason`` as of websockets; others have none. Raises PeerGoneError."""
        ...


class WebsocketWire:
    """A websocket that was accepted."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | PeerLeft:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            # The server tells a lost connection from a close frame by the reason alone: both may have no code.
            return PeerLeft(is_clean="reason" in message and message.get("code", NO_CODE) in CLEAN_CLOSES)
        text = message.get("text")
        return text if isinstance(text, str) else bytes(message["bytes"])

    async def send(self, message: str | bytes) -> None:
        with _gone():
            if isinstance(message, str):
                await self._socket.send_text(message)
            else:
                await self._socket.send_bytes(message)

    async def close(self, code: int, reason: str) -> None:
        with _gone():
            await self._socket.close(code, reason)


@contextmanager
def _gone() -> Generator[None]:
    """The server also refuses to send when the client closed or missed a ping before anybody has received that."""
    try:
        yield
    except (RuntimeError, WebSocketDisconnect) as error:
        raise PeerGoneError from error
