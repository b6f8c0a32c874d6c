"""Calls that are older than the settings allow are removed while the service runs."""

from __future__ import annotations

import asyncio
import logging

from assist.errors import StoreError
from assist.stores.records import RecordStore, RetentionRules

log = logging.getLogger(__name__)


class Retention:
    """Applies the rules at the start and every ``every_s``; several services on one database may."""

    def __init__(self, records: RecordStore, rules: RetentionRules, *, every_s: float) -> None:
        self._records = records
        self._rules = rules
        self._every_s = every_s

    async def run(self) -> None:
        """Work until cancelled. While the store is away, nothing expires."""
        while True:
            try:
                removed = await self._records.expire(self._rules)
            except StoreError as error:
                log.warning("calls cannot expire", extra={"code": error.code})
            else:
                if removed.things:
                    log.info("calls have expired", extra={"calls": removed.calls, **removed.things})
            await asyncio.sleep(self._every_s)
