"""What one worker of the engine works on, and how its runner is called: whatever happens there is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assist.errors import RecogniserError
from models.backlog import Pending, Priority, Runner


@dataclass(eq=False, slots=True)
class Batch:
    """What one worker works on."""

    runner: Runner[Any, Any]
    members: Sequence[Pending]
    started_s: float
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the batch was answered: its worker returned, or stalled."""
    is_stalled: bool = False

    @property
    def priority(self) -> Priority:
        """Of the request it was made for; the others ride along."""
        return self.members[0].priority


def run_batch(runner: Runner[Any, Any], requests: Sequence[object]) -> Sequence[object]:
    """One result or Exception per request, whatever the runner does; called in a worker thread.

    Results are drawn here, so that a lazy sequence does its work in the worker and not on the event loop.
    """
    try:
        results = list(runner.run(requests))
        if len(results) != len(requests):
            raise ValueError(f"{runner.name} gave {len(results)} results for {len(requests)} requests")
    except BaseException as error:  # noqa: BLE001 -- the edge of the thread: whatever happened is the answer
        return [_failed(error) for _ in requests]
    return [_failed(result) if _is_unraisable(result) else result for result in results]


def _is_unraisable(result: object) -> bool:
    """Whether a future would choke on the result: it refuses StopIteration, and only Exceptions are answers."""
    return isinstance(result, BaseException) and (
        isinstance(result, StopIteration) or not isinstance(result, Exception)
    )


def _failed(cause: BaseException) -> RecogniserError:
    failure = RecogniserError("The recogniser failed on this batch.")
    failure.__cause__ = cause
    return failure
