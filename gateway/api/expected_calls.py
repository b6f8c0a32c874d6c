"""Calls announced before their sound comes: who takes part, and a UUID per leg where the platform says no more."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator, ConfigDict, Field
from starlette.responses import Response

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ
from assist.messages import CallDirection, Party
from assist.stores.accounts import User
from gateway.api.access import Served, permitted
from gateway.api.models import Body
from gateway.channels import CHANNEL_LAYOUTS
from gateway.expected_calls import Announcement, ExpectedCall
from gateway.frames import Name
from gateway.sources.native_messages import BoundedAgent, BoundedCustomer, Terms

expected_call_routes = APIRouter(tags=["expected calls"], prefix="/expected-calls")

Integrator = Annotated[User, Depends(permitted("calls.announce"))]
ExpectedId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


def _known_roles(roles: tuple[Party, ...]) -> tuple[Party, ...]:
    if roles and roles not in CHANNEL_LAYOUTS:
        raise ValueError("roles must be agent and customer, one of them, mixed, or none")
    return roles


class ExpectedCallGiven(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    call: Name
    """The platform's own id of the call: ``external_id`` of the call, and what joins its connections."""
    roles: Annotated[tuple[Party, ...], AfterValidator(_known_roles)] = ("agent", "customer")
    """Who comes on a connection of their own and needs a UUID; none where the connections name the call themselves."""
    rate_hz: Annotated[int, Field(ge=MIN_RATE_HZ, le=MAX_RATE_HZ)] | None = None
    """Rate of all legs; without it that of the first sound."""
    agent: BoundedAgent | None = None
    customer: BoundedCustomer | None = None
    direction: CallDirection = "inbound"
    playbook: Name | None = None
    terms: Terms = ()
    valid_s: Annotated[int, Field(ge=1, le=3_600)] | None = None
    """How long the UUIDs are good; without it five minutes."""


class ExpectedLegShown(Body):
    role: Party
    uuid: str
    """Opens the door once."""
    state: Literal["waiting", "taken", "expired"]


class ExpectedCallShown(Body):
    expected_id: str
    call: str
    legs: list[ExpectedLegShown]
    rate_hz: int | None
    agent_id: str | None
    customer_id: str | None
    direction: CallDirection
    playbook: str | None
    expires_at: datetime

    @classmethod
    def of(cls, expected: ExpectedCall) -> ExpectedCallShown:
        said = expected.announcement
        return cls(
            expected_id=expected.expected_id,
            call=said.key,
            legs=[ExpectedLegShown(role=leg.role, uuid=str(leg.ticket), state=leg.state) for leg in expected.legs],
            rate_hz=said.rate_hz,
            agent_id=said.agent.agent_id if said.agent else None,
            customer_id=said.customer.customer_id if said.customer else None,
            direction=said.direction,
            playbook=said.playbook,
            expires_at=expected.expires_at,
        )


class ExpectedCallList(Body):
    expected_calls: list[ExpectedCallShown]


@expected_call_routes.post("", status_code=201)
async def announce_call(service: Served, user: Integrator, body: ExpectedCallGiven) -> ExpectedCallShown:
    """Say who takes part in a call before it starts; the same key again gives more UUIDs, for legs that come anew."""
    if body.playbook is not None:
        service.playbooks.get(body.playbook)
    announcement = Announcement(
        key=body.call,
        roles=body.roles,
        rate_hz=body.rate_hz,
        agent=body.agent,
        customer=body.customer,
        direction=body.direction,
        playbook=body.playbook,
        terms=body.terms,
    )
    return ExpectedCallShown.of(service.expected.announce(announcement, valid_s=body.valid_s))


@expected_call_routes.get("")
async def list_expected_calls(
    service: Served,
    user: Integrator,
    call: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> ExpectedCallList:
    """Announced calls, newest first, and for some minutes those that are over; ``call``: of this key alone."""
    found = service.expected.calls(call)
    return ExpectedCallList(expected_calls=[ExpectedCallShown.of(each) for each in islice(found, limit)])


@expected_call_routes.get("/{expected_id}")
async def read_expected_call(service: Served, user: Integrator, expected_id: ExpectedId) -> ExpectedCallShown:
    """One announced call, and which of its legs have come."""
    return ExpectedCallShown.of(service.expected.call(expected_id))


@expected_call_routes.delete("/{expected_id}", status_code=204)
async def cancel_expected_call(service: Served, user: Integrator, expected_id: ExpectedId) -> Response:
    """Its UUIDs open nothing any more; legs that have come stay in their call."""
    service.expected.cancel(expected_id)
    return Response(status_code=204)
