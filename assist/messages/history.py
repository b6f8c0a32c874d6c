"""What Livecue itself remembers of a customer: earlier calls, promises that stand, offers and how they were taken."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from assist.messages.common import Message
from assist.messages.life import Agent, CallDirection, CloseCause
from assist.messages.wrapup import OfferReaction, Promise


class PastCall(Message):
    """An earlier call of the customer, in short."""

    call_id: str
    opened_at: datetime
    agent: Agent | None = None
    direction: CallDirection = "inbound"
    duration_ms: int
    cause: CloseCause
    """How it ended."""
    reasons: tuple[str, ...] = ()
    """Intents that the customer called about, the main one first."""
    result: str = ""
    """Code of the wrap-up; empty where it has none."""


class PastReason(Message):
    """Something that the customer has called about in the last seven days."""

    intent: str
    calls: int
    """How many calls were about it."""
    last_call_id: str
    last_at: datetime
    """When the last of them was opened."""


class StandingPromise(Message):
    """A promise of an earlier call of which nothing says that it was kept."""

    call_id: str
    """In which it was made."""
    promise: Promise
    is_overdue: bool
    """Its time had passed when this call was opened."""


class PastOffer(Message):
    """Something that was offered in an earlier call; only the last time of each is told."""

    offer_id: str
    """Of the playbook's offer, else of the rule whose prompt it was; empty where the agent offered it unprompted."""
    title: str
    reaction: OfferReaction | None = None
    is_sold: bool = False
    call_id: str
    at: datetime
    """When that call was opened."""


class CustomerHistory(Message):
    """What was known of the customer's earlier calls when this one was opened."""

    type: Literal["customer-history"] = "customer-history"
    at_ms: int
    customer_id: str
    calls: tuple[PastCall, ...] = ()
    """The last ones, newest first."""
    calls_7d: int = 0
    """In which the customer called, in the seven days before this call."""
    calls_30d: int = 0
    complaints_30d: int = 0
    """Of those, the ones that complained or asked for somebody higher."""
    complaints_90d: int = 0
    reasons: tuple[PastReason, ...] = ()
    """Of the last seven days, the latest first."""
    promises: tuple[StandingPromise, ...] = ()
    """Overdue ones first, then those that are due soonest."""
    offers: tuple[PastOffer, ...] = ()
    """Newest first."""
    opted_out_at: datetime | None = None
    """When the customer last said that they want no offers; None: they have not."""
    took_ms: int
    """Wall-clock milliseconds from the question to the answer."""


class CallRepeated(Message):
    """The customer was heard to call about the same thing as in the days before; told once in a call."""

    type: Literal["call-repeated"] = "call-repeated"
    at_ms: int
    intent: str
    utterance_id: str
    """The words that say what this call is about."""
    number: int
    """Which call about it this is within seven days: 2, 3 …"""


class PromiseSettled(Message):
    """A person says that a promise of an earlier call was kept."""

    type: Literal["promise-settled"] = "promise-settled"
    at_ms: int
    call_id: str
    """In which it was made."""
    promise_id: str
    by: str
    """User id."""
