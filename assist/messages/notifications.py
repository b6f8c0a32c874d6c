"""Word that a rule wants sent to a receiver of the operator's, and what became of it."""

from __future__ import annotations

from typing import Literal

from assist.messages.advice import Because, Severity, Verdict
from assist.messages.common import Message, Party


class Notification(Message):
    """A rule called for word to a channel; sending it is no part of the log's fold, and a replay sends nothing."""

    type: Literal["notification"] = "notification"
    notification_id: str
    channel: str
    """Name of the receiver, whose address and secret only the operator knows."""
    title: str
    rule: str
    """rule id@version"""
    party: Party | None = None
    """Who is judged."""
    severity: Severity
    verdict: Verdict | None = None
    """Of the rule's flag; None: the rule has none."""
    because: Because
    at_ms: int


class NotificationPushed(Message):
    """What became of sending a notification."""

    type: Literal["notification-pushed"] = "notification-pushed"
    notification_id: str
    channel: str
    at_ms: int
    state: Literal["delivered", "failed"]
    """failed: given up after the last attempt, or nobody to send it to."""
    key: str
    """Idempotency key: call id and place of the notification in the log."""
    attempts: int
    reason: str = ""
    """Stable code of the last failure."""
