"""Asking what the customer's earlier calls were, beside the call: neither sound nor words ever wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assist.errors import StoreError
from assist.history.recall import MAX_RECORDS, REACH, recall
from assist.messages import CustomerHistory
from assist.newest import NewestQuestion
from assist.ports import CallHistory, Degrade

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Bounds of asking about one customer; each with its unit."""

    timeout_s: float = 5.0
    """Of one attempt."""
    pauses_s: tuple[float, ...] = (1.0, 5.0, 30.0)
    """Before each further attempt, while the call goes on."""


class HistoryInquiry:
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
        self._tell = tell
        self._degrade = degrade
        self._position_ms = position_ms
        self._limits = limits or HistoryLimits()
        self._question = NewestQuestion(self._ask, name="customer history")
        self._failing: str | None = None
        """The code that was told."""

    def want(self, customer_id: str) -> None:
        """This is who is calling, as far as is known; the same one again changes nothing."""
        self._question.want(customer_id)

    def close(self) -> None:
        """The call is over: an answer would come too late; ``run`` returns."""
        self._question.close()

    async def run(self) -> None:
        await self._question.run()

    async def _ask(self, customer_id: str) -> None:
        """Until there is an answer, a few times."""
        history = self._history
        if history is None:
            return
        clock = asyncio.get_running_loop()
        for pause_s in (*self._limits.pauses_s, None):
            began_s = clock.time()
            try:
                answer = await self._recall(history, customer_id, began_s)
            except StoreError as error:
                self._note(error)
            except TimeoutError:
                self._note(StoreError("The earlier calls of this customer come late.", code="history-slow"))
            except Exception:  # bulkhead: whatever is wrong with a record, the call goes on without it
                log.exception("history look-up failed")
                self._note(StoreError("The earlier calls of this customer cannot be told.", code="history-failed"))
            else:
                self._note(None)
                self._tell(answer)
                return
            if pause_s is not None:
                await asyncio.sleep(pause_s)

    async def _recall(self, history: CallHistory, customer_id: str, began_s: float) -> CustomerHistory:
        async with asyncio.timeout(self._limits.timeout_s):
            records = await history.calls_of(
                customer_id, since=self._opened_at - REACH, before=self._opened_at, limit=MAX_RECORDS
            )
        return recall(
            records,
            customer_id=customer_id,
            opened_at=self._opened_at,
            at_ms=self._position_ms(),
            took_ms=round((asyncio.get_running_loop().time() - began_s) * 1000),
        )

    def _note(self, error: StoreError | None) -> None:
        """Tell what fails now, once, and what no longer does."""
        code = None if error is None else error.code
        if code == self._failing:
            return
        if self._failing is not None:
            self._degrade("history", self._failing, "Earlier calls are known again.", restored=True)
        if error is not None:
            log.warning("history look-up failed", extra={"code": error.code})
            self._degrade("history", error.code, error.message)
        self._failing = code
