"""What stands between a call and any directory: a time limit and a circuit breaker."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from assist.customers.breaker import Breaker
from assist.errors import CustomersError
from assist.ports import CustomerDirectory, CustomerRecord


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """Bounds of asking a directory; each with its unit."""

    timeout_s: float = 2.0
    failures: int = 5
    """In a row; then it is left alone."""
    pause_s: float = 15.0


class Guarded:
    """A directory that answers in bounded time or says that it cannot."""

    def __init__(self, directory: CustomerDirectory, limits: GuardLimits | None = None) -> None:
        self._directory = directory
        self._limits = limits or GuardLimits()
        self._breaker = Breaker(failures=self._limits.failures, pause_s=self._limits.pause_s)

    async def look_up(self, customer_id: str) -> CustomerRecord:
        """Raises CustomersError "customers-paused", "customers-slow", and those of the directory."""
        clock = asyncio.get_running_loop()
        if not self._breaker.admits(clock.time()):
            raise CustomersError(
                "The customer directory kept failing; it is tried again soon.", code="customers-paused"
            )
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                record = await self._directory.look_up(customer_id)
        except TimeoutError as error:
            self._breaker.failed(clock.time())
            raise CustomersError("The customer directory took too long to answer.", code="customers-slow") from error
        except CustomersError:
            self._breaker.failed(clock.time())
            raise
        self._breaker.succeeded()
        return record
