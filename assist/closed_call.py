"""A closed call taken apart: what projections of its log begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assist.messages import Agent, CallClosed, CallOpened, CallUpdated, Customer, Envelope, Event

PRACTICE = "softphone/"
"""How the source of calls begins by which people try Livecue and practise. Nobody is served in them, so they count in
no figure, and no later call is told of them."""


def is_practice(source: str) -> bool:
    """Whether calls that come from there are practice."""
    return source.startswith(PRACTICE)


@dataclass(frozen=True, slots=True)
class ClosedCall:
    """How it began and ended, whose it was, and all that was logged between."""

    call_id: str
    opened_at: datetime
    opening: CallOpened
    closing: CallClosed
    agent: Agent | None
    """The last that was told; as is the customer."""
    customer: Customer | None
    events: Sequence[Event]
    """All others, in ``seq`` order; closing is not the last of what is logged of a call."""

    @property
    def is_practice(self) -> bool:
        return is_practice(self.opening.source)


def closed_call(log: Iterable[Envelope]) -> ClosedCall | None:
    """From a log in ``seq`` order; None while the call is open."""
    opened: Envelope | None = None
    closed: CallClosed | None = None
    agent: Agent | None = None
    customer: Customer | None = None
    events: list[Event] = []
    for envelope in log:
        match envelope.event:
            case CallOpened() as event:
                opened = envelope
                agent, customer = event.agent, event.customer
            case CallUpdated() as event:
                agent, customer = event.agent or agent, event.customer or customer
            case CallClosed() as event:
                closed = event
            case event:
                events.append(event)
    if opened is None or closed is None or not isinstance(opened.event, CallOpened):
        return None
    return ClosedCall(opened.call_id, opened.at, opened.event, closed, agent, customer, events)
