"""Asking who is calling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assist.errors import CustomersError
from assist.inquiry import Inquiry, timed
from assist.messages import CustomerLookedUp
from assist.ports import CustomerDirectory, Degrade


@dataclass(frozen=True, slots=True)
class InquiryLimits:
    """Bounds of asking about one customer; each with its unit."""

    pauses_s: tuple[float, ...] = (2.0, 5.0, 15.0, 30.0)
    """Before each further attempt, while the call goes on."""


class CustomerInquiry(Inquiry[CustomerLookedUp]):
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
        super().__init__(
            "customers",
            tell=tell,
            degrade=degrade,
            pauses_s=(limits or InquiryLimits()).pauses_s,
            broken=CustomersError("The customer directory failed.", code="customers-failed"),
            restored="The customer directory answers again.",
        )
        self._directory = directory
        self._position_ms = position_ms

    async def attempt(self, customer_id: str) -> CustomerLookedUp | None:
        if self._directory is None:
            return None
        record, took_ms = await timed(self._directory.look_up(customer_id))
        return CustomerLookedUp(
            at_ms=self._position_ms(),
            customer_id=customer_id,
            is_known=record.is_known,
            name=record.name,
            fields=record.fields,
            source=record.source,
            took_ms=took_ms,
        )
