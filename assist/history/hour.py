"""What the hour before a call was for its agent: a pure view of the calls that they had."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from assist.closed_call import is_practice
from assist.messages import AgentHour
from assist.ports import CallSummary

HOUR = timedelta(hours=1)
LONGEST_CALL = timedelta(hours=4)
"""How long before the hour a call may have begun that still went on in it."""
MAX_CALLS = 200
"""Looked at for one call."""
JITTER = timedelta(seconds=2)
"""By so much the sound of a live call may run ahead of the clock."""


def hour_of(
    agent_id: str, calls: Iterable[CallSummary], *, call_id: str, opened_at: datetime, at_ms: int, took_ms: int
) -> AgentHour:
    """The hour before ``opened_at``, by the agent's calls of that time; the call itself, ``call_id``, is none of them.

    A call takes the time that its sound takes, so that one which a crash left open does not go on for ever.
    """
    began_at = opened_at - HOUR
    had = [one for one in calls if one.call_id != call_id and _end(one) > began_at and _is_live(one)]
    talk = sum((min(_end(one), opened_at) - max(one.opened_at, began_at) for one in had), timedelta())
    return AgentHour(
        at_ms=at_ms,
        agent_id=agent_id,
        calls=len(had),
        prompts=sum(one.prompts for one in had),
        talk_ms=round(talk / timedelta(milliseconds=1)),
        took_ms=took_ms,
    )


def _end(call: CallSummary) -> datetime:
    return call.opened_at + timedelta(milliseconds=call.duration_ms)


def _is_live(call: CallSummary) -> bool:
    """Whether a customer was served in it: a file, and what took less time than it lasts, was recorded before."""
    was_fast = call.closed_at is not None and call.closed_at + JITTER < _end(call)
    return call.source != "file" and not is_practice(call.source) and not was_fast
