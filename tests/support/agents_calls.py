"""Calls that an agent had before, as the list of calls tells them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assist.ports import CallSummary
from tests.support.past_calls import NOW


def had(
    call_id: str,
    *,
    min_ago: float,
    lasted_min: float = 3,
    prompts: int = 4,
    source: str = "native/1",
    now: datetime = NOW,
    **more: Any,
) -> CallSummary:
    """A call of agent 1001 that began so long before ``now``."""
    opened_at = now - timedelta(minutes=min_ago)
    known: dict[str, Any] = {
        "call_id": call_id,
        "source": source,
        "opened_at": opened_at,
        "closed_at": opened_at + timedelta(minutes=lasted_min),
        "cause": "hangup",
        "duration_ms": round(lasted_min * 60_000),
        "agent_id": "1001",
        "agent_name": "",
        "customer_id": None,
        "customer_name": "",
        "external_id": None,
        "playbook": "p@1",
        "utterances": 9,
        "prompts": prompts,
        "flags": 0,
        "last_seq": 99,
        "has_audio": False,
        **more,
    }
    return CallSummary(**known)
