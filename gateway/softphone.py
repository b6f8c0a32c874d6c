"""The door of the browser softphone: the native protocol, spoken by a person's page instead of a phone platform."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from fastapi import APIRouter, WebSocket

from assist.closed_call import PRACTICE
from assist.errors import InputError, NotFoundError
from assist.messages import Agent, Customer
from assist.session import CallRequest
from assist.supervisor import Supervisor
from gateway.ingest import IngestLimits, IngestMetrics, serve_ingest
from gateway.permissions import own_agent_id
from gateway.rooms import RoomDoor
from gateway.service import Service
from gateway.sessions import WatchedSession
from gateway.shield import Addresses
from gateway.visitors import let_in, turn_away

SOCKETS_PER_USER = 8
"""A page has two; one that was dropped may not have been noticed yet."""
FULL_CLOSE = 1013

SOURCE = f"{PRACTICE}1"
"""What the record of a call says of where it came from."""


@dataclass(frozen=True, slots=True)
class Softphone:
    """Whose calls a connection brings, and until when.

    Whatever the page says, its calls are the user's own, live, and of no customer in the books: the directory and the
    history of earlier calls are for those who really call. And they are few: nobody takes all the room there is.
    """

    session: WatchedSession
    supervisor: Supervisor
    max_calls: int
    """Of a user at a time, with those that wait to be resumed."""

    @property
    def ended(self) -> asyncio.Event:
        """The session is over."""
        return self.session.ended

    def sign(self, request: CallRequest) -> CallRequest:
        """The request as this user's, under an id that no other call has. Raises InputError "too-many-calls"."""
        if self._open_calls() >= self.max_calls:
            raise InputError(
                "You have too many softphone calls open; end one, or wait until one that was dropped is given up.",
                code="too-many-calls",
            )
        return replace(
            request,
            call_id=None,
            source=SOURCE,
            agent=self._agent(request.agent),
            customer=_played(request.customer),
            pace="live",
        )

    def _open_calls(self) -> int:
        """A call outlives its socket, for which it waits a while; one that is closing only waits for its record."""
        agent_id = own_agent_id(self.session.user)
        return sum(
            call.source == SOURCE and call.agent_id == agent_id and _goes_on(call.call_id, self.supervisor)
            for call in self.supervisor.calls()
        )

    def _agent(self, told: Agent | None) -> Agent:
        """The user as the call's agent, with the attributes that the page tells."""
        user = self.session.user
        attributes = told.attributes if told is not None else {}
        return Agent(agent_id=own_agent_id(user), name=user.display_name or user.name, attributes=attributes)


def _goes_on(call_id: str, supervisor: Supervisor) -> bool:
    try:
        supervisor.live(call_id)
    except NotFoundError:
        return False
    return True


def _played(told: Customer | None) -> Customer | None:
    """The customer who is played, under an id that nobody has and no other call gets."""
    if told is None:
        return None
    return told.model_copy(update={"customer_id": f"practice-{secrets.token_hex(6)}"})


class _Entrance:
    """Lets pages in, each for as long as its session lasts, and so many of a user at a time."""

    def __init__(self, service: Service, addresses: Addresses) -> None:
        self._service = service
        self._addresses = addresses
        self._inside: Counter[str] = Counter()
        """Open sockets by user id."""

    @asynccontextmanager
    async def session(self, socket: WebSocket) -> AsyncGenerator[WatchedSession | None]:
        """Whose page it is; None: was turned away."""
        visitor = await let_in(socket, self._service.accounts, self._addresses, permission="softphone.use")
        if visitor is None:
            yield None
            return
        user_id = visitor.user.user_id
        if self._inside[user_id] >= SOCKETS_PER_USER:
            await turn_away(socket, FULL_CLOSE, "overloaded", "You have too many softphone pages open; close one.")
            yield None
            return
        self._inside[user_id] += 1
        try:
            with self._service.sessions.watching(visitor.token, visitor.user) as session:
                yield session
        finally:
            self._inside[user_id] -= 1
            self._inside += Counter()  # forgets who has none


def softphone_routes(
    service: Service, addresses: Addresses, *, metrics: IngestMetrics, limits: IngestLimits
) -> APIRouter:
    """The sockets of the softphone page."""
    router = APIRouter()
    entrance = _Entrance(service, addresses)
    rooms = RoomDoor()

    @router.websocket("/softphone/v1")
    async def softphone(socket: WebSocket) -> None:
        async with entrance.session(socket) as session:
            if session is not None:
                await serve_ingest(
                    socket,
                    supervisor=service.supervisor,
                    authenticate=_known_already,
                    store=service.store,
                    bus=service.bus,
                    turn=service.switchboard.turn,
                    metrics=metrics,
                    limits=limits,
                    person=Softphone(session, service.supervisor, service.settings.limits.softphone_calls),
                )

    @router.websocket("/softphone/v1/room")
    async def room(socket: WebSocket) -> None:
        async with entrance.session(socket) as session:
            if session is not None:
                await rooms.serve(socket, session)

    return router


async def _known_already(key: str | None) -> bool:
    """The session has opened the door."""
    return True
