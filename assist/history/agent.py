"""Asking what the hour before a call was for its agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assist.errors import StoreError
from assist.history.hour import HOUR, LONGEST_CALL, MAX_CALLS, hour_of
from assist.inquiry import Inquiry, timed
from assist.messages import AgentHour
from assist.ports import CallList, CallQuery, Degrade


@dataclass(frozen=True, slots=True)
class HourLimits:
    """Bounds of asking about one agent; each with its unit."""

    timeout_s: float = 2.0
    """Of one attempt."""
    pauses_s: tuple[float, ...] = (5.0,)
    """Before each further attempt, while the call goes on."""


class HourInquiry(Inquiry[AgentHour]):
    """Looks up the calls that the agent of one call had in the hour before it; the newest agent wanted counts."""

    def __init__(
        self,
        calls: CallList | None,
        *,
        call_id: str,
        opened_at: datetime,
        tell: Callable[[AgentHour], object],
        degrade: Degrade,
        position_ms: Callable[[], int],
        limits: HourLimits | None = None,
    ) -> None:
        """``calls``: None where nobody sits in the call, and nothing is ever asked. ``opened_at``: in wall time."""
        self._calls = calls
        self._call_id = call_id
        self._opened_at = opened_at
        self._position_ms = position_ms
        self._limits = limits or HourLimits()
        super().__init__(
            "agent-hour",
            tell=tell,
            degrade=degrade,
            pauses_s=self._limits.pauses_s,
            broken=StoreError("The agent's calls of the last hour cannot be told.", code="hour-failed"),
            restored="The agent's calls of the last hour are known again.",
        )

    async def attempt(self, subject: str) -> AgentHour | None:
        if self._calls is None:
            return None
        query = CallQuery(
            agent_id=subject,
            since=self._opened_at - HOUR - LONGEST_CALL,
            before=self._opened_at,
            limit=MAX_CALLS,
        )
        calls, took_ms = await timed(
            self._calls.calls(query),
            self._limits.timeout_s,
            slow=StoreError("The agent's calls of the last hour come late.", code="hour-slow"),
        )
        return hour_of(
            subject,
            calls,
            call_id=self._call_id,
            opened_at=self._opened_at,
            at_ms=self._position_ms(),
            took_ms=took_ms,
        )
