"""The legs of a running call: which of them is the agent's and which the customer's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict

from assist.stores.accounts import User
from gateway.api.access import Served, VisibleCall, permitted
from gateway.api.models import Body, OutcomeStored

leg_routes = APIRouter(tags=["calls"], prefix="/calls")


class LegOrder(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    exchanged: bool
    """Whether the parties are to be the other way round than the phone platform named them."""


@leg_routes.post("/{call_id}/legs", status_code=201)
async def order_legs(
    service: Served,
    summary: VisibleCall,
    body: LegOrder,
    user: Annotated[User, Depends(permitted("legs.exchange"))],
) -> OutcomeStored:
    """Say which leg is whose, from now on; the same again changes nothing. Answered once it is stored."""
    live = service.supervisor.live(summary.call_id)
    streams = live.session.streams
    if streams.is_exchanged != body.exchanged:
        streams.exchange(by=user.user_id, by_name=user.display_name)
    seq = live.journal.view.seq
    await live.journal.stored(seq)
    return OutcomeStored(seq=seq)
