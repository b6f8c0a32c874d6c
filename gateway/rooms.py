"""Rooms in which two softphone pages find each other: a code leads in, and what they tell each other is passed on.

The pages agree on a direct connection for their sound (WebRTC); Livecue carries no sound here and reads none of what it
passes on. A room is of this process and ends with the page that made it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol

from pydantic import StringConstraints
from starlette.websockets import WebSocket

from assist.errors import LivecueError, NotFoundError, OverloadedError, ProtocolError
from gateway.frames import ClientMessage, Correlation, ServerMessage, read_request
from gateway.outbox import Outbox, OutboxLimits
from gateway.person_socket import PersonSocket, SocketLimits
from gateway.sessions import WatchedSession
from gateway.throttle import FailureThrottle

CODE_DIGITS = 6

CLOSE_CODES: Mapping[str, int] = {
    "not-authenticated": 4401,
    "unknown-room": 4404,
    "room-full": 4409,
    "subscriber-too-slow": 4408,
    "text-flood": 4429,
    "frame-too-large": 1009,
    "overloaded": 1013,
    "too-many-attempts": 1013,
}
"""Every error ends its connection; others close with 4400."""


class Make(ClientMessage):
    type: Literal["make"] = "make"


class Enter(ClientMessage):
    type: Literal["enter"] = "enter"
    code: Annotated[str, StringConstraints(pattern=rf"^\d{{{CODE_DIGITS}}}$")]


class PassOn(ClientMessage):
    type: Literal["signal"] = "signal"
    signal: dict[str, Any]
    """What the pages tell each other; not looked into."""


REQUESTS: Mapping[str, type[Make | Enter | PassOn]] = {"make": Make, "enter": Enter, "signal": PassOn}


class Made(ServerMessage):
    type: Literal["made"] = "made"
    code: str


class Met(ServerMessage):
    """The other page is there."""

    type: Literal["met"] = "met"
    name: str
    is_host: bool
    """Whether the page that is told this made the room; it begins."""


class Signal(ServerMessage):
    type: Literal["signal"] = "signal"
    signal: dict[str, Any]


class Left(ServerMessage):
    """The other page is gone; the room of a host waits for another."""

    type: Literal["left"] = "left"


class Error(ServerMessage):
    type: Literal["error"] = "error"
    code: str
    message: str


Told = Made | Met | Signal | Left | Error


class Member(Protocol):
    """A page in a room."""

    @property
    def name(self) -> str:
        """As the other is to see it."""
        ...

    def tell(self, message: Told) -> None: ...


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """Bounds; each with its unit."""

    rooms: int = 64
    waiting_messages: int = 128
    wrong_codes: int = 10
    """By one user within ``wrong_codes_s``."""
    wrong_codes_s: float = 60.0
    socket: SocketLimits = field(default_factory=SocketLimits)


@dataclass(slots=True)
class _Room:
    host: Member
    guest: Member | None = None


@dataclass(slots=True)
class Rooms:
    """All rooms of this process."""

    limits: RoomLimits = field(default_factory=RoomLimits)
    draw: Callable[[int], int] = secrets.randbelow
    """A number below the one given, that nobody can guess."""
    _rooms: dict[str, _Room] = field(default_factory=dict[str, _Room], init=False)

    def make(self, host: Member) -> str:
        """A new room; its code. Raises OverloadedError, ProtocolError."""
        self._require_outside(host)
        if len(self._rooms) >= self.limits.rooms:
            raise OverloadedError("All rooms are taken; try again later.", retry_after_s=60.0)
        while (code := f"{self.draw(10**CODE_DIGITS):0{CODE_DIGITS}}") in self._rooms:
            pass
        self._rooms[code] = _Room(host)
        return code

    def enter(self, code: str, guest: Member) -> None:
        """Come into a room; both are told of each other.

        Raises NotFoundError "unknown-room", ProtocolError "room-full" or "bad-message".
        """
        self._require_outside(guest)
        room = self._rooms.get(code)
        if room is None:
            raise NotFoundError("There is no room with this code.", code="unknown-room")
        if room.guest is not None:
            raise ProtocolError("Two are in this room already.", code="room-full")
        room.guest = guest
        guest.tell(Met(name=room.host.name, is_host=False))
        room.host.tell(Met(name=guest.name, is_host=True))

    def pass_on(self, member: Member, signal: dict[str, Any]) -> None:
        """Tell the other page; while nobody is there, nothing."""
        other = self._other(member)
        if other is not None:
            other.tell(Signal(signal=signal))

    def leave(self, member: Member) -> None:
        """Go; the other is told, and the room ends with its host. Idempotent."""
        found = self._of(member)
        if found is None:
            return
        code, room = found
        other = self._other(member)
        if room.host is member:
            del self._rooms[code]
        else:
            room.guest = None
        if other is not None:
            other.tell(Left())

    def _of(self, member: Member) -> tuple[str, _Room] | None:
        rooms = self._rooms.items()
        return next(((code, room) for code, room in rooms if member in (room.host, room.guest)), None)

    def _other(self, member: Member) -> Member | None:
        found = self._of(member)
        if found is None:
            return None
        _, room = found
        return room.guest if room.host is member else room.host

    def _require_outside(self, member: Member) -> None:
        if self._of(member) is not None:
            raise ProtocolError("This page is in a room already.")


class RoomDoor:
    """Lets the pages of logged-in users into rooms."""

    def __init__(self, limits: RoomLimits | None = None) -> None:
        self._limits = limits or RoomLimits()
        self._rooms = Rooms(self._limits)
        self._throttle = FailureThrottle(failure_limit=self._limits.wrong_codes, window_s=self._limits.wrong_codes_s)

    async def serve(self, socket: WebSocket, session: WatchedSession) -> None:
        """Serve one connection, origin and session already checked, until it ends."""
        await socket.accept()
        await _Visit(socket, session, self._rooms, self._throttle, self._limits).serve()


class _Visit:
    """One page's connection."""

    def __init__(
        self, socket: WebSocket, session: WatchedSession, rooms: Rooms, throttle: FailureThrottle, limits: RoomLimits
    ) -> None:
        self._rooms = rooms
        self._throttle = throttle
        self._loop = asyncio.get_running_loop()
        self._outbox: Outbox[Told] = Outbox(OutboxLimits(replies=limits.waiting_messages), clock=self._loop.time)
        self._socket = PersonSocket(socket, session, self._outbox, _encode, fail=self._fail, limits=limits.socket)

    @property
    def name(self) -> str:
        return self._socket.user.display_name

    def tell(self, message: Told) -> None:
        try:
            self._outbox.put_reply(message)
        except LivecueError as error:
            self._socket.finish(CLOSE_CODES.get(error.code, 4400))

    async def serve(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                works = (self._socket.read(self._act), self._socket.watch_session())
                tasks = [group.create_task(work, name="room") for work in works]
                await self._socket.send()
                for task in tasks:
                    task.cancel()
        finally:
            self._rooms.leave(self)

    def _act(self, fields: Mapping[str, Any]) -> None:
        match read_request(fields, REQUESTS):
            case Make():
                self.tell(Made(code=self._rooms.make(self)))
            case Enter(code=code):
                self._enter(code)
            case PassOn(signal=signal):
                self._rooms.pass_on(self, signal)

    def _enter(self, code: str) -> None:
        """Codes are short: who tries many has to wait. Raises OverloadedError "too-many-attempts"."""
        who, now_s = (self._socket.user.user_id, "room"), self._loop.time()
        wait_s = self._throttle.blocked_for_s(who, now_s)
        if wait_s > 0:
            message = "Too many wrong codes; wait a minute."
            raise OverloadedError(message, code="too-many-attempts", retry_after_s=wait_s)
        try:
            self._rooms.enter(code, self)
        except NotFoundError:
            self._throttle.failed(who, now_s)
            raise

    def _fail(self, error: LivecueError, _answers: Correlation | None) -> None:
        self.tell(Error(code=error.code, message=error.message))
        self._socket.finish(CLOSE_CODES.get(error.code, 4400), error.code)


def _encode(messages: Sequence[Told]) -> Iterable[str]:
    return (message.model_dump_json() for message in messages)
