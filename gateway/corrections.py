"""Lines that people put right, out of all stored calls: what a recogniser can learn from."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from assist.ports import CallStore
from assist.remarks import TRAINING_EVENTS, TrainingLine, training_lines
from gateway.record import Wanted, closed_calls

MOST_CORRECTIONS = 100_000
"""Of one call that are read."""


async def corrected_lines(store: CallStore, wanted: Wanted) -> AsyncGenerator[TrainingLine]:
    """Calls newest first, each call's lines in the order in which they were put right. Raises StoreError."""
    async for summary in closed_calls(store, wanted, is_corrected=True):
        log = await store.envelopes(summary.call_id, limit=MOST_CORRECTIONS, types=TRAINING_EVENTS)
        for line in training_lines(log):
            yield line
