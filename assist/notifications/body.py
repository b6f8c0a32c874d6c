"""A notification as a receiver gets it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assist.messages import (
    Agent,
    CallDirection,
    Customer,
    Envelope,
    Evidence,
    Notification,
    NotificationPushed,
    Party,
    Severity,
    Verdict,
)
from assist.pushing.push import Push
from assist.view import fold_all

READ = ("call-opened", "call-updated", "notification", "notification-pushed")
"""Types of the events that a notification is made of."""


class NotificationBody(BaseModel):
    """What the receiver gets, as JSON; words are masked as they are stored."""

    model_config = ConfigDict(frozen=True)

    type: Literal["notification"] = "notification"
    key: str
    """The same for every attempt; another notification has another one."""
    channel: str
    call_id: str
    external_id: str | None
    opened_at: datetime | None
    direction: CallDirection
    agent: Agent | None
    customer: Customer | None
    playbook: str
    """name@version"""
    notification_id: str
    """Unique within the call."""
    rule: str
    """rule id@version"""
    title: str
    party: Party | None
    """Who is judged."""
    severity: Severity
    verdict: Verdict | None
    reason: str
    quote: str
    """The first words that it rests on; empty: it rests on none."""
    evidence: tuple[Evidence, ...]
    at_ms: int
    """Position in the call."""
    at: datetime
    """Aware UTC wall time at which the rule was true."""


def key_of(call_id: str, seq: int) -> str:
    """By which a receiver knows a notification again."""
    return f"{call_id}:{seq}"


def pushed_before(log: Iterable[Envelope], event: NotificationPushed) -> Envelope | None:
    """What the log tells already of the same notification."""
    return next((one for one in log if isinstance(one.event, NotificationPushed) and one.event.key == event.key), None)


def push_of(log: Sequence[Envelope], seq: int) -> Push | None:
    """The notification at this place of a log, of which events of the types ``READ`` are enough.

    None where there is none, or where the log already tells what became of it.
    """
    envelope = next((one for one in log if one.seq == seq), None)
    if envelope is None or not isinstance(envelope.event, Notification):
        return None
    key = key_of(envelope.call_id, seq)
    if any(isinstance(one.event, NotificationPushed) and one.event.key == key for one in log):
        return None
    told = envelope.event
    view = fold_all(envelope.call_id, (one for one in log if one.seq <= seq))
    body = NotificationBody(
        key=key,
        channel=told.channel,
        call_id=envelope.call_id,
        external_id=view.external_id,
        opened_at=view.opened_at,
        direction=view.direction,
        agent=view.agent,
        customer=view.customer,
        playbook=view.playbook,
        notification_id=told.notification_id,
        rule=told.rule,
        title=told.title,
        party=told.party,
        severity=told.severity,
        verdict=told.verdict,
        reason=told.because.reason,
        quote=next((piece.quote for piece in told.because.evidence if piece.quote), ""),
        evidence=told.because.evidence,
        at_ms=told.at_ms,
        at=envelope.at,
    )
    return Push(key, body.model_dump_json().encode())
