"""What a closed call leaves behind for the next one: a pure projection of its log."""

from __future__ import annotations

from collections.abc import Iterable

from assist.history.offers import past_offers, rule_of
from assist.messages import (
    Agent,
    CallClosed,
    CallOpened,
    CallUpdated,
    Customer,
    Envelope,
    Event,
    Flag,
    PastCall,
    PromiseSettled,
    WrapUp,
    WrapUpConfirmed,
)
from assist.ports import CallRecord

REMEMBERED = frozenset(
    (
        "call-opened",
        "call-updated",
        "call-closed",
        "prompt",
        "prompt-outcome",
        "reaction",
        "result",
        "flag",
        "promise-settled",
        "wrap-up",
        "wrap-up-confirmed",
    )
)
"""Types of the events that a record is made of; all others may be left out."""

OPT_OUT_RULE = "opt-out"
"""The rule whose flag says that the customer wants no offers any more."""

BESIDE = frozenset(("escalate", "recall_promise", "repeat_call"))
"""Reasons that say how a matter goes, not what it is: two calls are not about the same because of them."""


def record_of(log: Iterable[Envelope]) -> CallRecord | None:
    """The record of a call from its log in ``seq`` order; None while it is open, or without a customer.

    Reasons, promises and offers are those of its wrap-up; of a call without one it is known that it was.
    """
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
    if opened is None or closed is None or customer is None or not isinstance(opened.event, CallOpened):
        return None
    wrap_up = next((event for event in reversed(events) if isinstance(event, WrapUp)), None)
    confirmed = next((event for event in reversed(events) if isinstance(event, WrapUpConfirmed)), None)
    standing = confirmed or wrap_up
    reasons = wrap_up.reasons if wrap_up else ()
    return CallRecord(
        customer_id=customer.customer_id,
        call=PastCall(
            call_id=opened.call_id,
            opened_at=opened.at,
            agent=agent,
            direction=opened.event.direction,
            duration_ms=closed.at_ms,
            cause=closed.cause,
            reasons=tuple(reason.intent for reason in reasons if reason.intent not in BESIDE),
            result=standing.disposition.result if standing else "",
        ),
        is_reached=any(leg.transcribed_ms > 0 for leg in closed.ledger if leg.party != "agent"),
        offers=past_offers(events, wrap_up.offers if wrap_up else (), call_id=opened.call_id, at=opened.at),
        promises=standing.promises if standing else (),
        settled=tuple((event.call_id, event.promise_id) for event in events if isinstance(event, PromiseSettled)),
        has_opted_out=any(isinstance(event, Flag) and rule_of(event.rule) == OPT_OUT_RULE for event in events),
    )
