"""Logs and records of a customer's earlier calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from assist.messages import (
    Agent,
    CallClosed,
    CallDirection,
    CallOpened,
    CallReason,
    Customer,
    Disposition,
    Envelope,
    Event,
    Leg,
    LegLedger,
    OfferMade,
    Party,
    PastCall,
    PastOffer,
    Promise,
    PromiseKind,
    WrapUp,
)
from assist.ports import CallRecord

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
"""Ten in the morning of the ninth in China."""


def promise(
    promise_id: str = "a-3:1", *, kind: PromiseKind = "call-back", made_h: float = 48, due_h: float | None = 24
) -> Promise:
    """One made and due so many hours before NOW; ``due_h`` below zero: after it, None: without a time."""
    return Promise(
        promise_id=promise_id,
        kind=kind,
        quote="二十四小时内给您回电",
        utterance_id="a-3",
        made_at=NOW - timedelta(hours=made_h),
        due_said="" if due_h is None else "二十四小时内",
        due_at=None if due_h is None else NOW - timedelta(hours=due_h),
    )


def record(
    call_id: str,
    *,
    hours_ago: float,
    reasons: Sequence[str] = ("complain_billing",),
    direction: CallDirection = "inbound",
    is_reached: bool = True,
    promises: Sequence[Promise] = (),
    offers: Sequence[PastOffer] = (),
    settled: Sequence[tuple[str, str]] = (),
    has_opted_out: bool = False,
) -> CallRecord:
    """Of a call of customer 1."""
    return CallRecord(
        customer_id="1",
        call=PastCall(
            call_id=call_id,
            opened_at=NOW - timedelta(hours=hours_ago),
            agent=Agent(agent_id="1001", name="小王"),
            direction=direction,
            duration_ms=60_000,
            cause="hangup",
            reasons=tuple(reasons),
            result="promised",
        ),
        is_reached=is_reached,
        promises=tuple(promises),
        offers=tuple(offers),
        settled=tuple(settled),
        has_opted_out=has_opted_out,
    )


def offer(offer_id: str, *, hours_ago: float, call_id: str = "c", title: str = "流量包", **how: object) -> PastOffer:
    """One made so long before NOW."""
    fields = {"offer_id": offer_id, "title": title, "call_id": call_id, "at": NOW - timedelta(hours=hours_ago), **how}
    return PastOffer.model_validate(fields)


def wrap_up(
    *,
    reasons: Sequence[str] = ("complain_billing",),
    promises: Sequence[Promise] = (),
    offers: Sequence[OfferMade] = (),
) -> WrapUp:
    """What is proposed at the end of a call."""
    return WrapUp(
        at_ms=60_000,
        sentences=(),
        reasons=tuple(CallReason(intent=intent, quote="多扣了", utterance_id="c-1") for intent in reasons),
        promises=tuple(promises),
        offers=tuple(offers),
        disposition=Disposition(reason="complaint.billing", result="promised"),
        source="template@1",
    )


SPEAKERS: tuple[Party, ...] = ("agent", "customer")


def call_log(
    call_id: str,
    *between: Event,
    hours_ago: float = 24,
    customer_id: str | None = "1",
    direction: CallDirection = "inbound",
    customer_spoke_ms: int = 5_000,
    after: Sequence[Event] = (),
) -> list[Envelope]:
    """The log of a closed call of a minute."""
    at_ms = 60_000
    ledger = tuple(
        LegLedger(party=party, received_ms=at_ms, transcribed_ms=ms, silence_ms=at_ms - ms, gaps_ms=0)
        for party, ms in zip(SPEAKERS, (5_000, customer_spoke_ms), strict=True)
    )
    events: list[Event] = [
        CallOpened(
            source="test",
            legs=(Leg(party="agent", codec="mulaw", rate_hz=8000), Leg(party="customer", codec="mulaw", rate_hz=8000)),
            agent=Agent(agent_id="1001", name="小王"),
            customer=None if customer_id is None else Customer(customer_id=customer_id, name="李先生"),
            direction=direction,
        ),
        *between,
        CallClosed(at_ms=at_ms, cause="hangup", ledger=ledger),
        *after,
    ]
    opened_at = NOW - timedelta(hours=hours_ago)
    return [
        Envelope(call_id=call_id, seq=seq, at=opened_at + timedelta(seconds=seq - 1), event=event)
        for seq, event in enumerate(events, start=1)
    ]
