"""Promises of earlier calls, marked as kept by those who work with the customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, StringConstraints

from gateway.api.access import CurrentUser, Served, VisibleCall
from gateway.api.models import Body, OutcomeStored

history_routes = APIRouter(tags=["calls"], prefix="/calls")

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class KeptPromise(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    made_in: Id
    """Call in which it was made."""
    promise_id: Id


@history_routes.post("/{call_id}/kept-promises", status_code=201)
async def settle_promise(service: Served, summary: VisibleCall, body: KeptPromise, user: CurrentUser) -> OutcomeStored:
    """Log in this call that a promise of an earlier call was kept; answered once it is stored."""
    envelope = await service.supervisor.settle_promise(summary.call_id, body.made_in, body.promise_id, by=user.user_id)
    return OutcomeStored(seq=envelope.seq)
