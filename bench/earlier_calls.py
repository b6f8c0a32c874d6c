"""What Livecue would have remembered of a judged call's customer: the ``earlier`` of its truth as an event."""

from __future__ import annotations

from datetime import datetime, timedelta

from assist.history.recall import COMPLAINTS
from assist.messages import CustomerHistory, PastReason, Promise, StandingPromise
from bench.judged_calls import JudgedCall


def history_of(call: JudgedCall, opened_at: datetime) -> CustomerHistory | None:
    """As told in the first second; None where the truth says nothing of earlier calls."""
    earlier = call.earlier
    if earlier is None:
        return None
    before = opened_at - timedelta(days=3)
    calls = max(earlier.reasons.values(), default=1)
    complaints = max((number for intent, number in earlier.reasons.items() if intent.startswith(COMPLAINTS)), default=0)
    return CustomerHistory(
        at_ms=0,
        customer_id=call.customer.customer_id,
        calls_7d=calls,
        calls_30d=calls,
        complaints_30d=complaints,
        complaints_90d=complaints,
        reasons=tuple(
            PastReason(intent=intent, calls=number, last_call_id="earlier", last_at=before)
            for intent, number in earlier.reasons.items()
        ),
        promises=tuple(
            StandingPromise(
                call_id="earlier",
                promise=Promise(
                    promise_id=f"earlier-{number}", kind="follow-up", quote="", utterance_id="", made_at=before
                ),
                is_overdue=True,
            )
            for number in range(earlier.overdue_promises)
        ),
        opted_out_at=before if earlier.opted_out else None,
        took_ms=0,
    )
