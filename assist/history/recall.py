"""What a new call is told of the customer's earlier ones: a pure view of their records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from assist.messages import CustomerHistory, PastOffer, PastReason, Promise, StandingPromise
from assist.ports import CallRecord

REACH = timedelta(days=90)
"""How far back promises and offers count."""
REPEAT = timedelta(days=7)
"""Within which a call about the same thing is a repeat call."""
MONTH = timedelta(days=30)
COMPLAINTS = ("complain_", "escalate")
"""How the intents of complaints begin."""

MAX_RECORDS = 200
"""Read for one call; of a customer who calls more often the newest count."""
MAX_CALLS = 5
MAX_REASONS = 10
MAX_PROMISES = 5
MAX_OFFERS = 10


def recall(
    records: Sequence[CallRecord], *, customer_id: str, opened_at: datetime, at_ms: int, took_ms: int
) -> CustomerHistory:
    """What the records of a customer, newest first, say at the opening of a call; each list is bounded."""
    came = [record for record in records if record.call.direction == "inbound"]
    opt_outs = (record.call.opened_at for record in records if record.has_opted_out)
    return CustomerHistory(
        at_ms=at_ms,
        customer_id=customer_id,
        calls=tuple(record.call for record in records[:MAX_CALLS]),
        calls_7d=sum(record.call.opened_at >= opened_at - REPEAT for record in came),
        calls_30d=sum(record.call.opened_at >= opened_at - MONTH for record in came),
        complaints_30d=sum(map(_complained, (one for one in came if one.call.opened_at >= opened_at - MONTH))),
        complaints_90d=sum(map(_complained, came)),
        reasons=_reasons(record for record in came if record.call.opened_at >= opened_at - REPEAT),
        promises=_standing(records, opened_at),
        offers=_offers(records),
        opted_out_at=next(opt_outs, None),
        took_ms=took_ms,
    )


def _complained(record: CallRecord) -> bool:
    return any(intent.startswith(COMPLAINTS) for intent in record.call.reasons)


def _reasons(newest_first: Iterable[CallRecord]) -> tuple[PastReason, ...]:
    reasons: dict[str, PastReason] = {}
    for record in newest_first:
        for intent in record.call.reasons:
            known = reasons.get(intent)
            reasons[intent] = (
                PastReason(intent=intent, calls=1, last_call_id=record.call.call_id, last_at=record.call.opened_at)
                if known is None
                else known.model_copy(update={"calls": known.calls + 1})
            )
    return tuple(reasons.values())[:MAX_REASONS]


def _standing(newest_first: Sequence[CallRecord], opened_at: datetime) -> tuple[StandingPromise, ...]:
    """Promises that nothing settled: no mark of a person and, of a call-back, no later call that reached them."""
    settled = {reference for record in newest_first for reference in record.settled}
    called_back = max(
        (record.call.opened_at for record in newest_first if record.call.direction == "outbound" and record.is_reached),
        default=None,
    )
    standing: list[StandingPromise] = []
    for record in newest_first:
        for promise in record.promises:
            if (record.call.call_id, promise.promise_id) in settled or _was_called_back(promise, called_back):
                continue
            is_overdue = promise.due_at is not None and promise.due_at < opened_at
            standing.append(StandingPromise(call_id=record.call.call_id, promise=promise, is_overdue=is_overdue))
    return tuple(sorted(standing, key=_urgency)[:MAX_PROMISES])


def _was_called_back(promise: Promise, called_back: datetime | None) -> bool:
    return promise.kind == "call-back" and called_back is not None and called_back > promise.made_at


def _urgency(standing: StandingPromise) -> tuple[bool, bool, float]:
    """Overdue ones, then those with a time; the earliest of each first."""
    promise = standing.promise
    return not standing.is_overdue, promise.due_at is None, (promise.due_at or promise.made_at).timestamp()


def _offers(newest_first: Iterable[CallRecord]) -> tuple[PastOffer, ...]:
    offers: dict[str, PastOffer] = {}
    for record in newest_first:
        for offer in reversed(record.offers):
            offers.setdefault(offer.offer_id or offer.title, offer)
    return tuple(offers.values())[:MAX_OFFERS]
