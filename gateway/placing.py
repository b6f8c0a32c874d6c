"""What closed calls are found by beside words: places of their utterances, made while the service runs."""

from __future__ import annotations

import asyncio
import logging

from assist.errors import LivecueError
from assist.stores.meaning_search import MeaningSearch

log = logging.getLogger(__name__)


class Placing:
    """Places what calls lack, ``batch_calls`` at a time, and takes over what other services wrote and erased.

    It looks every ``every_s``; several services on one database may.
    """

    def __init__(self, meanings: MeaningSearch, *, every_s: float = 5.0, batch_calls: int = 20) -> None:
        if batch_calls < 1 or not every_s > 0:
            raise ValueError("batch_calls must be at least 1 and every_s positive")
        self._meanings = meanings
        self._every_s = every_s
        self._batch_calls = batch_calls

    async def run(self) -> None:
        """Work until cancelled. While the store or the model cannot serve, nothing is placed."""
        is_told = False
        while True:
            try:
                while await self._meanings.place_some(limit=self._batch_calls):
                    pass
                await self._meanings.refresh()
            except LivecueError as error:
                if not is_told:
                    log.warning("calls cannot be found by meaning", extra={"code": error.code})
                is_told = True
            else:
                is_told = False
            await asyncio.sleep(self._every_s)
