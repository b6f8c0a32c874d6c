"""Asking who is calling, beside the call: neither sound nor words ever wait for a directory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from assist.errors import CustomersError, LivecueError
from assist.messages import CustomerLookedUp
from assist.newest import NewestQuestion
from assist.ports import CustomerDirectory, Degrade

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InquiryLimits:
    """Bounds of asking about one customer; each with its unit."""

    pauses_s: tuple[float, ...] = (2.0, 5.0, 15.0, 30.0)
    """Before each further attempt, while the call goes on."""


class CustomerInquiry:
    """Looks up the customer of one call; the newest one wanted counts, and answers about others are dropped."""

    def __init__(
        self,
        directory: CustomerDirectory | None,
        *,
        tell: Callable[[CustomerLookedUp], object],
        degrade: Degrade,
        position_ms: Callable[[], int],
        limits: InquiryLimits | None = None,
    ) -> None:
        """``directory``: None where the service has none, and nothing is ever asked."""
        self._directory = directory
        self._tell = tell
        self._degrade = degrade
        self._position_ms = position_ms
        self._limits = limits or InquiryLimits()
        self._question = NewestQuestion(self._ask, name="customer look-up")
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
        directory = self._directory
        if directory is None:
            return
        clock = asyncio.get_running_loop()
        for pause_s in (*self._limits.pauses_s, None):
            began_s = clock.time()
            try:
                record = await directory.look_up(customer_id)
            except LivecueError as error:
                self._note(error)
            except Exception:  # bulkhead: whatever a directory does, the call goes on without it
                log.exception("customer look-up failed")
                self._note(CustomersError("The customer directory failed.", code="customers-failed"))
            else:
                self._note(None)
                self._tell(
                    CustomerLookedUp(
                        at_ms=self._position_ms(),
                        customer_id=customer_id,
                        is_known=record.is_known,
                        name=record.name,
                        fields=record.fields,
                        source=record.source,
                        took_ms=round((clock.time() - began_s) * 1000),
                    )
                )
                return
            if pause_s is not None:
                await asyncio.sleep(pause_s)

    def _note(self, error: LivecueError | None) -> None:
        """Tell what fails now, once, and what no longer does."""
        code = None if error is None else error.code
        if code == self._failing:
            return
        if self._failing is not None:
            self._degrade("customers", self._failing, "The customer directory answers again.", restored=True)
        if error is not None:
            log.warning("customer look-up failed", extra={"code": error.code})
            self._degrade("customers", error.code, error.message)
        self._failing = code
