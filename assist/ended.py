"""Calls that take no more sound: how they end, for a source that lost its connection before it was told."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from dataclasses import dataclass

from assist.errors import NotFoundError
from assist.messages import CallClosed


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that is closing, or has closed a short while ago."""

    call_id: str
    resume_token: str
    last_seq: int | None
    """Of its closing; None while the call is not complete."""
    outcome: asyncio.Future[CallClosed]

    async def closed(self) -> CallClosed:
        """Wait until the call is complete and its log stored (or safely spooled). Raises StoreError."""
        return await asyncio.shield(self.outcome)


class EndedCalls:
    """Remembers the last ``limit`` calls for ``keep_s`` each; time is an argument."""

    def __init__(self, *, keep_s: float, limit: int) -> None:
        if keep_s < 0 or limit < 0:
            raise ValueError("keep_s and limit must not be negative")
        self._keep_s = keep_s
        self._limit = limit
        self._calls: OrderedDict[str, tuple[float, EndedCall]] = OrderedDict()

    def remember(self, call: EndedCall, now_s: float) -> None:
        """Keep a call from now on, in place of an older one with its id."""
        self._calls.pop(call.call_id, None)
        self._calls[call.call_id] = (now_s, call)
        self._forget(now_s)

    def find(self, call_id: str, now_s: float) -> EndedCall | None:
        """The call, if it ended less than ``keep_s`` ago."""
        self._forget(now_s)
        _, call = self._calls.get(call_id, (now_s, None))
        return call

    def _forget(self, now_s: float) -> None:
        while self._calls:
            since_s, _ = next(iter(self._calls.values()))
            if len(self._calls) <= self._limit and now_s - since_s < self._keep_s:
                return
            self._calls.popitem(last=False)


def check_token(given: str, expected: str) -> None:
    """Raises NotFoundError "bad-resume-token"."""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotFoundError("The resume token does not belong to this call.", code="bad-resume-token")
