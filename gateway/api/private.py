"""What is masked in a call, for those who may see it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field, StringConstraints

from assist.quality.review import without_reviews
from assist.redaction.sealing import MAX_REASON_CHARS
from assist.stores.accounts import User
from gateway.api.access import Served, VisibleCall, permitted
from gateway.api.calls import MAX_SEQ, STORE_PAGE
from gateway.api.models import Body, EventPage

private_routes = APIRouter(tags=["calls"], prefix="/calls")

MOST_REVEALED = 1_000


class Reveal(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seqs: Annotated[tuple[Annotated[int, Field(ge=1, le=MAX_SEQ)], ...], Field(min_length=1, max_length=MOST_REVEALED)]
    """The events that have to be seen, at most 5,000 apart."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON_CHARS)]
    """Why, in a sentence; it goes on record."""


@private_routes.post("/{call_id}/reveal")
async def reveal(
    service: Served,
    summary: VisibleCall,
    body: Reveal,
    user: Annotated[User, Depends(permitted("private.reveal"))],
) -> EventPage:
    """Events as they were before they were masked; who looked, at what and why is on record before they are given."""
    first, wanted = min(body.seqs), frozenset(body.seqs)
    page = await service.store.envelopes(summary.call_id, after=first - 1, limit=STORE_PAGE)
    envelopes = [envelope for envelope in without_reviews(page) if envelope.seq in wanted]
    if service.revealer is not None:
        envelopes = await service.revealer.reveal(envelopes, by=user.user_id, reason=body.reason)
    return EventPage(envelopes=envelopes, next=None)
