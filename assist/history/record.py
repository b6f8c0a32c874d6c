"""What a closed call leaves behind for the next one: a pure projection of its log."""

from __future__ import annotations

from collections.abc import Iterable

from assist.closed_call import closed_call
from assist.history.offers import past_offers, rule_of
from assist.messages import Envelope, Flag, PastCall, PromiseSettled, WrapUp, WrapUpConfirmed
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


def matters_of(wrap_up: WrapUp | None) -> tuple[str, ...]:
    """What a call was about, the main matter first; empty where no wrap-up says it."""
    reasons = wrap_up.reasons if wrap_up else ()
    return tuple(reason.intent for reason in reasons if reason.intent not in BESIDE)


def record_of(log: Iterable[Envelope]) -> CallRecord | None:
    """The record of a call from its log in ``seq`` order; None while it is open, of practice, or without a customer.

    Reasons, promises and offers are those of its wrap-up; of a call without one it is known that it was.
    """
    call = closed_call(log)
    if call is None or call.customer is None or call.is_practice:
        return None
    events = call.events
    wrap_up = next((event for event in reversed(events) if isinstance(event, WrapUp)), None)
    confirmed = next((event for event in reversed(events) if isinstance(event, WrapUpConfirmed)), None)
    standing = confirmed or wrap_up
    return CallRecord(
        customer_id=call.customer.customer_id,
        call=PastCall(
            call_id=call.call_id,
            opened_at=call.opened_at,
            agent=call.agent,
            direction=call.opening.direction,
            duration_ms=call.closing.at_ms,
            cause=call.closing.cause,
            reasons=matters_of(wrap_up),
            result=standing.disposition.result if standing else "",
        ),
        is_reached=any(leg.transcribed_ms > 0 for leg in call.closing.ledger if leg.party != "agent"),
        offers=past_offers(events, wrap_up.offers if wrap_up else (), call_id=call.call_id, at=call.opened_at),
        promises=standing.promises if standing else (),
        settled=tuple((event.call_id, event.promise_id) for event in events if isinstance(event, PromiseSettled)),
        has_opted_out=any(isinstance(event, Flag) and rule_of(event.rule) == OPT_OUT_RULE for event in events),
    )
