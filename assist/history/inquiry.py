"""Asking what the customer's earlier calls were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assist.errors import StoreError
from assist.history.recall import MAX_RECORDS, REACH, recall
from assist.inquiry import Inquiry, timed
from assist.messages import CustomerHistory
from assist.ports import CallHistory, Degrade


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Bounds of asking about one customer; each with its unit."""

    timeout_s: float = 5.0
    """Of one attempt."""
    pauses_s: tuple[float, ...] = (1.0, 5.0, 30.0)
    """Before each further attempt, while the call goes on."""


class HistoryInquiry(Inquiry[CustomerHistory]):
    """Looks up the earlier calls of one call's customer; the newest one wanted counts."""

    def __init__(
        self,
        history: CallHistory | None,
        *,
        opened_at: datetime,
        tell: Callable[[CustomerHistory], object],
        degrade: Degrade,
        position_ms: Callable[[], int],
        limits: HistoryLimits | None = None,
    ) -> None:
        """``history``: None where none is kept, and nothing is ever asked. ``opened_at``: of the call, in wall time."""
        self._history = history
        self._opened_at = opened_at
        self._position_ms = position_ms
        self._limits = limits or HistoryLimits()
        super().__init__(
            "history",
            tell=tell,
            degrade=degrade,
            pauses_s=self._limits.pauses_s,
            broken=StoreError("The earlier calls of this customer cannot be told.", code="history-failed"),
            restored="Earlier calls are known again.",
        )

    async def attempt(self, customer_id: str) -> CustomerHistory | None:
        if self._history is None:
            return None
        records, took_ms = await timed(
            self._history.calls_of(
                customer_id, since=self._opened_at - REACH, before=self._opened_at, limit=MAX_RECORDS
            ),
            self._limits.timeout_s,
            slow=StoreError("The earlier calls of this customer come late.", code="history-slow"),
        )
        return recall(
            records,
            customer_id=customer_id,
            opened_at=self._opened_at,
            at_ms=self._position_ms(),
            took_ms=took_ms,
        )
