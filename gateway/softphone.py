"""The door of the browser softphone: the native protocol, spoken by a person's page instead of a phone platform."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace

from fastapi import APIRouter, WebSocket

from assist.messages import Agent, Customer
from assist.session import CallRequest
from gateway.ingest import IngestLimits, IngestMetrics, serve_ingest
from gateway.permissions import own_agent_id
from gateway.rooms import RoomDoor
from gateway.service import Service
from gateway.sessions import WatchedSession
from gateway.shield import Addresses
from gateway.visitors import let_in

SOURCE = "softphone/1"
"""What the record of a call says of where it came from."""


@dataclass(frozen=True, slots=True)
class Softphone:
    """Whose calls a connection brings, and until when.

    Whatever the page says, its calls are the user's own, live, and of no customer in the books: the directory and the
    history of earlier calls are for those who really call.
    """

    session: WatchedSession

    @property
    def ended(self) -> asyncio.Event:
        """The session is over."""
        return self.session.ended

    def sign(self, request: CallRequest) -> CallRequest:
        """The request as this user's."""
        return replace(
            request,
            source=SOURCE,
            agent=self._agent(request.agent),
            customer=_played(request.customer),
            pace="live",
        )

    def _agent(self, told: Agent | None) -> Agent:
        """The user as the call's agent, with the attributes that the page tells."""
        user = self.session.user
        attributes = told.attributes if told is not None else {}
        return Agent(agent_id=own_agent_id(user), name=user.display_name or user.name, attributes=attributes)


def _played(told: Customer | None) -> Customer | None:
    """The customer who is played, under an id that nobody has and no other call gets."""
    if told is None:
        return None
    return told.model_copy(update={"customer_id": f"practice-{secrets.token_hex(6)}"})


def softphone_routes(
    service: Service, addresses: Addresses, *, metrics: IngestMetrics, limits: IngestLimits
) -> APIRouter:
    """The sockets of the softphone page."""
    router = APIRouter()
    rooms = RoomDoor()

    @router.websocket("/softphone/v1")
    async def softphone(socket: WebSocket) -> None:
        visitor = await let_in(socket, service.accounts, addresses, permission="softphone.use")
        if visitor is None:
            return
        with service.sessions.watching(visitor.token, visitor.user) as session:
            await serve_ingest(
                socket,
                supervisor=service.supervisor,
                authenticate=_known_already,
                bus=service.bus,
                metrics=metrics,
                limits=limits,
                person=Softphone(session),
            )

    @router.websocket("/softphone/v1/room")
    async def room(socket: WebSocket) -> None:
        visitor = await let_in(socket, service.accounts, addresses, permission="softphone.use")
        if visitor is None:
            return
        with service.sessions.watching(visitor.token, visitor.user) as session:
            await rooms.serve(socket, session)

    return router


async def _known_already(key: str | None) -> bool:
    """The session has opened the door."""
    return True
